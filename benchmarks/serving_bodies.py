"""In which form should a client send its picture: base64, multipart, raw, or pixels already reduced?

Method. Our service with a tiny CLIP of random weights, so that the form shows and not the model. JPEGs of
100 KB and of 1 MB are sent one at a time over a kept connection as base64 in JSON, as multipart, as the
raw body, and as pixels: the client decodes and reduces the picture to the model's 224 × 224 and sends
uint8 in npy form. The forms take turns, request by request, so that whatever else the machine does falls
on all alike. "Made in" is what the client spends on making the body; "answered in" is the time from
request to answer; "both" is what a person waits for. "Service cpu" is the service's processor time, from
blocks of one form each.

Caveats. Loopback has no bandwidth to speak of: on a network, the bytes on the wire are to be added, 8 ms
for each megabyte at a gigabit a second. Pixels are the same for every picture, so they are no smaller
than a 100 KB JPEG; they spare the service the decoding.

Run: python -m benchmarks.serving_bodies [--rounds 200]
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from benchmarks.peers.clip import Clip
from benchmarks.serving import models, report
from benchmarks.serving.exchange import Connection
from benchmarks.serving.load import in_turn, median
from benchmarks.serving.pictures import LARGE, USUAL, pictures
from benchmarks.serving.servers import Server, serving
from benchmarks.serving.wires import BYTES, Body, Wire, base64_json, multipart, raw

#: Least cosine between the answers to pixels and to the picture they were made from.
LEAST_COSINE = 0.999

#: Pictures that are sent in turn.
COUNT = 8

#: Requests of each block whose processor time is taken.
BLOCK = 60


def main(arguments: Sequence[str] | None = None) -> None:
    parser = report.options(__doc__, seconds=1.0, passes=1)
    parser.add_argument("--rounds", type=int, default=200, help="requests of each form")
    given = parser.parse_args(arguments)
    directory, results = models.directory_of("clip-tiny"), {}
    forms = {"base64 in JSON": base64_json, "multipart": multipart("images"), "raw": raw}
    forms["pixels (npy)"] = reduced(Clip(directory, 1))
    with serving("pinakes", directory) as server:
        for form in [form for form, make in forms.items() if not asyncio.run(_takes(server, make))]:
            print(f"Pictures as {form} are not taken.")
            del forms[form]
        for nbytes in (USUAL, LARGE):
            table = asyncio.run(_compared(server, forms, nbytes, given.rounds))
            for form, make in forms.items():
                request = _wire(make).request(pictures(nbytes, COUNT)[:1])
                before = server.cpu_seconds()
                in_turn(server.port, request, BLOCK)
                table[form]["service cpu ms"] = 1000 * (server.cpu_seconds() - before) / BLOCK
            report.show(f"{nbytes:,} bytes", table)
            results[nbytes] = table
    report.write("serving_bodies", {"forms": results})


def reduced(clip: Clip) -> Callable[[Sequence[bytes]], Body]:
    """Bodies of pixels, uint8 (n, side, side, 3), decoded and reduced here as the service would."""

    def body(encoded: Sequence[bytes]) -> Body:
        stream = io.BytesIO()
        np.save(stream, np.stack([np.asarray(_square(clip, each)) for each in encoded]))
        return Body("application/x-npy", stream.getvalue())

    return body


def _square(clip: Clip, encoded: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(encoded))
    image.draft("RGB", (2 * clip.side, 2 * clip.side))
    return clip.reduce(image)


def _floats(answer: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.frombuffer(answer, dtype="<f4")


def _wire(make: Callable[[Sequence[bytes]], Body]) -> Wire:
    return Wire("/embed", make, _floats, headers={"Accept": BYTES})


async def _takes(server: Server, make: Callable[[Sequence[bytes]], Body]) -> bool:
    async with asyncio.timeout(60), Connection(server.port) as connection:
        return (await connection.ask(_wire(make).request(pictures()[:1]))).status == 200


async def _compared(
    server: Server, forms: dict[str, Callable[[Sequence[bytes]], Body]], nbytes: int, rounds: int
) -> dict[str, dict[str, float]]:
    """Send every picture in every form by turns."""
    wires = {name: _wire(make) for name, make in forms.items()}
    made: dict[str, list[float]] = {name: [] for name in forms}
    answered: dict[str, list[float]] = {name: [] for name in forms}
    sizes: dict[str, list[float]] = {name: [] for name in forms}
    async with asyncio.timeout(300), Connection(server.port) as connection:
        for number in range(rounds + COUNT):
            picture, expected = pictures(nbytes, COUNT)[number % COUNT], None
            for name, wire in wires.items():
                began = time.perf_counter()
                request = wire.request([picture])
                sent = time.perf_counter()
                answer = await connection.ask(request)
                ended = time.perf_counter()
                assert answer.status == 200, (name, answer.status, answer.body[:300])
                vector = wire.vectors(answer.body)
                expected = vector if expected is None else expected
                assert float(vector @ expected) > LEAST_COSINE, (name, float(vector @ expected))
                if number >= COUNT:  # the first of each picture are not counted
                    made[name].append(1000 * (sent - began))
                    answered[name].append(1000 * (ended - sent))
                    sizes[name].append(len(request))
    return {
        name: {
            "on the wire, KB": median(sizes[name]) / 1000,
            "made in ms": median(made[name]),
            "answered in ms": median(answered[name]),
            "both ms": median([a + b for a, b in zip(made[name], answered[name], strict=True)]),
        }
        for name in forms
    }


if __name__ == "__main__":
    main()
