"""How long does one person wait for one picture while someone else sends a library?

Method. The model is a CLIP ViT-B/32 of random weights. The interactive client sends one picture of 100 KB
at a time, with a pause of a fifth of a second between; its median and 95th percentile are taken alone and
beside a bulk client that keeps eight requests of 32 pictures each under way. Where a server takes one
picture a request, the bulk client keeps as many pictures under way as single requests (256). Our service
is measured twice: with nothing said (both clients are equals, told apart by nothing), and with both
saying who they are (X-Pinakes-Client, X-Pinakes-Priority: interactive and bulk), which no peer has a word
for in these forms. "Bulk" is the bulk client's rate beside the interactive one, and alone.

Caveats. An answer to bulk comes for 32 pictures at once, so short runs count few of them. The load shares
the cores.

Run: python -m benchmarks.serving_fairness [--peers all] [--seconds 10]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.peers.clip import Floats
from benchmarks.serving import direct, models, report
from benchmarks.serving.load import Generator, Load, median, quantile
from benchmarks.serving.pictures import pictures
from benchmarks.serving.proof import prove
from benchmarks.serving.servers import Server, serving
from benchmarks.serving.wires import WIRES

#: Requests of the bulk client under way, and pictures in each.
BULK_REQUESTS, BULK_PICTURES = 8, 32

#: Pause between two pictures of the interactive client, seconds.
PAUSE = 0.2

#: What the two clients say of themselves to our service.
INTERACTIVE = {"X_Pinakes_Client": "person", "X_Pinakes_Priority": "interactive"}
BULK = {"X_Pinakes_Client": "library", "X_Pinakes_Priority": "bulk"}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = report.options(__doc__, seconds=10.0, passes=1)
    parser.set_defaults(models="clip-vit-b32")
    given = parser.parse_args(arguments)
    names, servers = report.chosen(parser, given)
    generator, results = Generator(2), {}
    for model in names:
        directory = models.directory_of(model)
        expected = direct.in_a_process(direct.first_embedding, directory, pictures())
        table: dict[str, dict[str, object]] = {}
        for name in servers:
            rows = report.tried(name, _measured, name, directory, expected, generator, given.seconds)
            table |= rows or {}
        report.show(model, table)
        results[model] = table
    generator.close()
    report.write("serving_fairness", {"models": results})


def _measured(
    name: str, directory: Path, expected: Floats, generator: Generator, seconds: float
) -> dict[str, dict[str, object]]:
    """One row for a server, and another for ours when it is told who is who."""
    rows = {}
    with serving(name, directory) as server:
        prove(server, pictures()[0], expected)
        rows[name] = _beside(server, generator, seconds, {}, {})
        if name == "pinakes":
            rows["pinakes, told who is who"] = _beside(server, generator, seconds, INTERACTIVE, BULK)
    return rows


def _beside(
    server: Server,
    generator: Generator,
    seconds: float,
    interactive: Mapping[str, str],
    bulk: Mapping[str, str],
) -> dict[str, object]:
    wire = WIRES[server.name]
    single = [wire.request([picture], **interactive) for picture in pictures()]
    many = [wire.request(pictures()[:BULK_PICTURES], **bulk)]
    person = Load(server.port, single, seconds, clients=1, warm=1.0, pause=PAUSE)
    library = (
        Load(server.port, many, seconds, clients=BULK_REQUESTS, warm=1.0, pictures=BULK_PICTURES)
        if wire.several
        else Load(server.port, single, seconds, clients=BULK_REQUESTS * BULK_PICTURES, warm=1.0)
    )
    (alone,), (bulk_alone,) = generator.run(person), generator.run(library)
    beside, bulk_beside = generator.run(person, library)
    return {
        "alone: p50 ms": median(alone.answered),
        "alone: p95 ms": quantile(alone.answered, 0.95),
        "beside: p50 ms": median(beside.answered),
        "beside: p95 ms": quantile(beside.answered, 0.95),
        "times longer": median(beside.answered) / median(alone.answered),
        "bulk alone, /s": bulk_alone.rate,
        "bulk beside, /s": bulk_beside.rate,
        "pictures of the person": len(beside.answered),
        "not answered": len(beside.refused) + len(bulk_beside.refused),
    }


if __name__ == "__main__":
    main()
