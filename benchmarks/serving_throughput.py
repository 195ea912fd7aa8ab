"""How many pictures a second does each server embed beside the model itself, and what does it add to one?

Method. A CLIP ViT-B/32 and a tiny CLIP, both of random weights (speed does not depend on them), exported
to ONNX. The floor is the same model called in one process: every batch from 1 to 32 is tried with one
caller on all cores and with a caller on each, and the best is measured again in each round, both from
bytes to embeddings ("direct") and for inference alone. Each server is started anew in each round, proves
by one embedding that it does the same work, is warmed, and is then asked by 1, 8 and 64 clients at once,
each on a kept connection with one picture a request, for a fixed time. Every client sends the same 32
JPEGs of 100 KB, no two alike, so that nothing can be answered from memory. Ratios are formed within a
round; their medians are shown. "Added" is the median time of one request at a time less that of one
direct call. Peers run the same graph and the same reduction of pictures, with dynamic batching up to 32,
and each figure is taken with the number of workers that suits it: for one client the better of one worker
on all cores and one worker a core, for several a worker a core; ours runs as it comes.

"Cpu" is the processor time that all processes of a server take for a picture at 64 clients, and how many
times that of the direct call it is; other work on the machine hardly moves it.

Caveats. The load is made on the same cores: "load" says what it costs a picture, which is charged to
every server alike. infinity runs the weights by torch, which is slower than onnxruntime here, and decodes
JPEGs at full size. MLServer has no binary form over REST and LitServe answers only JSON; each is asked in
the form that costs it least.

Aims: 0.95 of the direct rate; at most 2 ms added.

Run: python -m benchmarks.serving_throughput [--models NAMES] [--peers all] [--seconds 5] [--passes 3]
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.peers.clip import Floats
from benchmarks.serving import direct, models, report
from benchmarks.serving.direct import Floor
from benchmarks.serving.load import Generator, Load, Taken, median, quantile
from benchmarks.serving.pictures import pictures
from benchmarks.serving.proof import prove
from benchmarks.serving.servers import WORKERS, serving
from benchmarks.serving.wires import WIRES

#: Clients at once.
CLIENTS = (1, 8, 64)


@dataclass(frozen=True, slots=True)
class Round:
    """One server in one round: rates and processor milliseconds a picture by clients, times of one client."""

    rates: dict[int, float]
    ratios: dict[int, float]
    p50_ms: float
    p95_ms: float
    added_ms: float
    cpu_ms: float
    cpu_ratio: float
    load_ms: float
    ready_seconds: float
    lost: int


def main(arguments: Sequence[str] | None = None) -> None:
    parser = report.options(__doc__, seconds=5.0, passes=3)
    given = parser.parse_args(arguments)
    names, servers = report.chosen(parser, given)
    generator = Generator(1)
    results = {name: compare(name, servers, generator, given.seconds, given.passes) for name in names}
    generator.close()
    report.write("serving_throughput", {"models": results})


def compare(
    model: str, servers: Sequence[str], generator: Generator, seconds: float, passes: int
) -> dict[str, object]:
    """Measure all servers with one model and print its table."""
    directory, sent = models.directory_of(model), pictures()
    best = direct.best_ways(directory, sent, min(seconds / 2, 1.5))
    expected = direct.in_a_process(direct.first_embedding, directory, sent)
    floors: list[Floor] = []
    rounds: dict[str, list[Round]] = {name: [] for name in servers}
    for number in range(passes):
        floors.append(direct.measured(directory, sent, best, seconds))
        for name in [*servers[number % len(servers) :], *servers[: number % len(servers)]]:
            done = report.tried(name, _round, name, directory, expected, floors[-1], generator, seconds)
            rounds[name] += [done] if done else []
    _show(model, floors, {name: several for name, several in rounds.items() if several})
    return {
        "direct": [asdict(floor) for floor in floors],
        "servers": {name: [asdict(each) for each in several] for name, several in rounds.items()},
    }


def _round(
    name: str, directory: Path, expected: Floats, floor: Floor, generator: Generator, seconds: float
) -> Round:
    sent = pictures()
    requests = [WIRES[name].request([picture]) for picture in sent]
    single = _alone(name, directory, requests, generator, seconds) if WORKERS[name] > 1 else None
    with serving(name, directory) as server:
        prove(server, sent[0], expected)
        generator.run(Load(server.port, requests, 1.0, clients=16))
        taken, cpu = {}, 0.0
        for clients in CLIENTS:
            cpu = server.cpu_seconds()
            taken[clients] = generator.run(Load(server.port, requests, seconds, clients=clients))[0]
            cpu = server.cpu_seconds() - cpu
        if single is not None and single.rate > taken[1].rate:
            taken[1] = single
        one, most = taken[1], taken[CLIENTS[-1]]
        p50 = median(one.answered)
        return Round(
            {clients: each.rate for clients, each in taken.items()},
            {clients: each.rate / floor.rate for clients, each in taken.items()},
            p50,
            quantile(one.answered, 0.95),
            p50 - floor.single_ms,
            1000 * cpu / max(1, most.total),
            1000 * cpu / max(1, most.total) / floor.cpu_ms,
            1000 * most.cpu_seconds / max(1, most.total),
            server.started_seconds,
            sum(len(each.refused) for each in taken.values()),
        )


def _alone(
    name: str, directory: Path, requests: Sequence[bytes], generator: Generator, seconds: float
) -> Taken:
    """One client of a peer with one worker on all cores, which suits it better than a worker for each."""
    with serving(name, directory, workers=1) as server:
        return generator.run(Load(server.port, requests, seconds, clients=1, warm=1.0))[0]


def _show(model: str, floors: Sequence[Floor], rounds: dict[str, list[Round]]) -> None:
    rates = [floor.rate for floor in floors]
    alone = [floor.infer_rate for floor in floors]
    print(f"\n{model}: direct {_middle(rates):.1f}/s ({floors[0].way}),", end=" ")
    print(f"inference alone {_middle(alone):.1f}/s ({floors[0].infer_way}),", end=" ")
    print(f"one picture {_middle([floor.single_ms for floor in floors]):.1f} ms")
    table = {}
    for name, several in rounds.items():
        row: dict[str, object] = {f"{n} at once, /s": _middle([r.rates[n] for r in several]) for n in CLIENTS}
        row["of direct"] = report.percent([_middle([r.ratios[n] for r in several]) for n in CLIENTS])
        best = _middle([max(each.rates.values()) for each in several])
        row["best of inference alone"] = report.percent([best / _middle(alone)])
        for column, field in _TIMES.items():
            row[column] = _middle([float(getattr(each, field)) for each in several])
        table[name] = row
    report.show(model, table)


_TIMES = {
    "one: p50 ms": "p50_ms",
    "p95 ms": "p95_ms",
    "added ms": "added_ms",
    "cpu ms a picture": "cpu_ms",
    "of direct's": "cpu_ratio",
    "load ms": "load_ms",
    "ready s": "ready_seconds",
    "not answered": "lost",
}


def _middle(values: Sequence[float]) -> float:
    return float(statistics.median(values))


if __name__ == "__main__":
    main()
