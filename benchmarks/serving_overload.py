"""What is left of a server that is asked for five times what it can do?

Method. The model is a CLIP ViT-B/32 of random weights. Each server's peak is measured first: the most good
answers a second under any load, be it 8, 16 or 64 clients in a closed loop without a deadline, or arrivals
at the best of their rates and a quarter above it. Then single pictures of 100 KB arrive at five times the
peak, at random moments (a Poisson process), each on a kept connection of its own while it is under way. An
answer counts as good when it comes within the deadline of when its request was due, which is also what our
service is told by X-Pinakes-Timeout-Ms; the peers have no such header. "Goodput" is good answers a second.
Refusals are answers with another status than 200; their times count from when the request was due.
"Afterwards" is the time of one request sent alone after the last arrival and its deadline: what the flood
leaves standing in the queue.

Caveats. The load shares the cores with the server: five times the arrivals cost it processor time too,
which "load" says as the share of one core. A peer with settings of its own for full queues could be made
to refuse; each is measured with the bound it comes with.

Aims: goodput of 0.9 of the peak; refusals within 10 ms.

Run: python -m benchmarks.serving_overload [--peers all] [--seconds 10] [--times 5] [--deadline 2]
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.clip import Floats
from benchmarks.serving import direct, models, report
from benchmarks.serving.load import Generator, Load, Taken, in_turn, median, quantile
from benchmarks.serving.pictures import pictures
from benchmarks.serving.proof import prove
from benchmarks.serving.servers import Server, serving
from benchmarks.serving.wires import WIRES

#: Clients of the closed loops by which the peak is measured.
AT_PEAK = (8, 16, 64)

#: Arrivals by which it is measured as well, beside the best rate of the closed loops.
NEAR_PEAK = (1.0, 1.25)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = report.options(__doc__, seconds=10.0, passes=1)
    parser.add_argument("--times", type=float, default=5.0, help="arrivals, in peaks")
    parser.add_argument("--deadline", type=float, default=2.0, help="time after which an answer is no use")
    parser.set_defaults(models="clip-vit-b32")
    given = parser.parse_args(arguments)
    names, servers = report.chosen(parser, given)
    generator, results = Generator(1), {}
    for model in names:
        directory = models.directory_of(model)
        expected = direct.in_a_process(direct.first_embedding, directory, pictures())
        table = {}
        for name in servers:
            asked = (name, directory, expected, generator, given.seconds, given.times, given.deadline)
            if row := report.tried(name, _measured, *asked):
                table[name] = row
        report.show(f"{model}, {given.times:g} × peak, deadline {given.deadline:g} s", table)
        results[model] = table
    generator.close()
    report.write("serving_overload", {"times": given.times, "deadline": given.deadline, "models": results})


def _measured(
    name: str, directory: Path, expected: Floats, generator: Generator, *asked: float
) -> dict[str, object]:
    with serving(name, directory) as server:
        prove(server, pictures()[0], expected)
        return _flooded(server, generator, *asked)


def _flooded(
    server: Server, generator: Generator, seconds: float, times: float, deadline: float
) -> dict[str, object]:
    hint = {"X_Pinakes_Timeout_Ms": f"{1000 * deadline:.0f}"} if server.name == "pinakes" else {}
    requests = [WIRES[server.name].request([picture], **hint) for picture in pictures()]
    peak = _peak(server, generator, requests, seconds / 2, deadline)
    flood = Load(server.port, requests, seconds, rate=times * peak, warm=1.0, patience=1.5 * deadline)
    taken = generator.run(flood)[0]
    after = in_turn(server.port, requests[0], 1)
    good = taken.within(1000 * deadline)
    return {
        "peak, /s": peak,
        "goodput, /s": good,
        "of peak": report.percent([good / peak]),
        "answered p50 ms": median(taken.answered),
        "refused p50 ms": median(taken.refused),
        "refused p99 ms": quantile(taken.refused, 0.99),
        "statuses": _statuses(taken),
        "Retry-After s": _waits(taken),
        "afterwards ms": after[0],
        "load": report.percent([taken.cpu_seconds / (seconds + 1.0)]),
    }


def _peak(
    server: Server, generator: Generator, requests: Sequence[bytes], seconds: float, deadline: float
) -> float:
    """The most good answers a second under any load.

    A closed loop alone understates it: with a deadline, some of its clients are turned away and come back at
    once, and with few of them the server waits for the load.
    """
    plain = [WIRES[server.name].request([picture]) for picture in pictures()]
    loops = [Load(server.port, plain, seconds, clients=clients, warm=1.0) for clients in AT_PEAK]
    best = max(generator.run(loop)[0].rate for loop in loops)
    arrivals = [
        Load(server.port, requests, seconds, rate=near * best, warm=1.0, patience=1.5 * deadline)
        for near in NEAR_PEAK
    ]
    return max(best, *(generator.run(load)[0].within(1000 * deadline) for load in arrivals))


def _statuses(taken: Taken) -> str:
    words = {0: "connection lost", -1: "no answer in time"}
    return ", ".join(f"{words.get(code, code)}: {count}" for code, count in sorted(taken.statuses.items()))


def _waits(taken: Taken) -> str:
    if not taken.waits:
        return "none" if taken.refused else ""
    share = report.percent([len(taken.waits) / len(taken.refused)])
    return f"{min(taken.waits):g}–{max(taken.waits):g} on {share}"


if __name__ == "__main__":
    main()
