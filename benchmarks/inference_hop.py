"""What does it cost to embed through the inference service instead of calling the model in this process?

Method. The service runs as a process of its own on a free port of loopback, with the built-in model and
one worker thread per core. Latency: one JPEG of about 100 KB, one request at a time over a kept-alive
connection; each round calls the model directly, then sends the picture raw, as multipart and as base64 in
JSON, with binary answers, so that whatever else the machine does falls on all alike. "added" is the
difference of medians to the direct call of the same rounds. Throughput: the same picture, for a fixed time,
directly with the best of several batch sizes on as many threads as the service has, then through the service
from 1, 8 and 32 clients at once with one picture a request, and from two `HttpEmbedder` with many a request,
as the product sends them; passes alternate with direct ones, and the ratio is of their medians.

Because other work on the machine disturbs rates, each row also has the processor time a picture took, in the
service and in its clients (from the operating system's accounts); "cpu ratio" is direct over service, what
the throughput ratio becomes where the clients run elsewhere and the processor is what limits.

Caveats. The clients share the cores with the service, which makes the ratio pessimistic: a client elsewhere
costs the service nothing. Other processes on the machine move all figures; only ratios and differences are
meant. The aims are at most 2 ms added, and 0.95 of the direct throughput.

Run: python -m benchmarks.inference_hop [--rounds 300] [--seconds 3] [--passes 3]
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
from PIL import Image

from pinakes.clients.inference import HttpEmbedder
from pinakes.clients.patience import Patience
from pinakes.clients.protocols.native import body_of
from pinakes.core.protocols import Embedder
from pinakes.core.settings import ImageLimits
from pinakes.services.built_in import built_in_embedder

#: Size the picture is brought near, bytes.
PICTURE_BYTES = 100_000

#: Header that asks for float32 bytes instead of JSON.
BINARY = {"Accept": "application/octet-stream"}

SERVICE = """
import sys
from pinakes.core.settings import Settings
from pinakes.services.inference.main import serve
serve(Settings(), port=0)
"""


def picture() -> bytes:
    """A real photograph where scikit-image brings one, as a JPEG of about 100 KB."""
    try:
        from skimage import data

        pixels = data.astronaut()
    except ImportError:
        grain = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
        pixels = np.asarray(Image.fromarray(grain).resize((512, 512), Image.Resampling.BICUBIC))
    image = Image.fromarray(pixels).resize((1024, 1024), Image.Resampling.LANCZOS)
    sizes = {}
    for quality in range(40, 100, 3):
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=quality)
        sizes[abs(stream.tell() - PICTURE_BYTES)] = stream.getvalue()
    return sizes[min(sizes)]


#: A table: the name of each row, and its figures by column.
Rows = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Running:
    """A service process."""

    url: str
    pid: int


@contextmanager
def service() -> Iterator[Running]:
    process = subprocess.Popen([sys.executable, "-c", SERVICE], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        found = re.search(r"http://\S+", process.stderr.readline())
        assert found, "the service did not start"
        threading.Thread(target=process.stderr.read, daemon=True).start()
        while httpx.get(f"{found[0]}/health", trust_env=False).status_code != 200:
            time.sleep(0.05)
        yield Running(found[0], process.pid)
    finally:
        process.terminate()
        process.wait(15)


def forms(client: httpx.Client, image: bytes) -> dict[str, Callable[[], object]]:
    """Each way to send one picture."""

    def post(content: bytes, content_type: str) -> bytes:
        response = client.post("/embed", content=content, headers={"Content-Type": content_type, **BINARY})
        response.raise_for_status()
        return response.content

    def multipart() -> bytes:
        kind, body = body_of([image, image])
        boundary = kind.partition("boundary=")[2].encode()
        once = body[: body.index(b"--" + boundary, 2)] + b"--" + boundary + b"--\r\n"
        return post(once, kind)

    def base64_json() -> bytes:
        body = json.dumps({"images": [base64.b64encode(image).decode()]}).encode()
        return post(body, "application/json")

    return {"raw": lambda: post(image, "image/jpeg"), "multipart": multipart, "base64 JSON": base64_json}


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - started)


def latency(running: Running, embedder: Embedder, image: bytes, rounds: int) -> Rows:
    with httpx.Client(base_url=running.url, trust_env=False) as client:
        acts = {"direct": lambda: embedder.embed([image]), **forms(client, image)}
        for act in acts.values():
            act()
        taken: dict[str, list[float]] = {name: [] for name in acts}
        for _ in range(rounds):
            for name, act in acts.items():
                taken[name].append(timed(act))
    direct = statistics.median(taken["direct"])
    table = {}
    for name, each in taken.items():
        p50, p95 = np.percentile(each, [50, 95])
        table[name] = {"p50_ms": p50, "p95_ms": p95, "added_ms": p50 - direct, "ratio": p50 / direct}
    return table


@dataclass(frozen=True, slots=True)
class Pass:
    """One timed pass: pictures a second, and processor milliseconds a picture on either side."""

    rate: float
    service_cpu_ms: float
    client_cpu_ms: float


def service_seconds(pid: int) -> float:
    """Processor seconds a process has used; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run_pass(act: Callable[[], int], *, threads: int, seconds: float, pid: int) -> Pass:
    """Repeat `act`, which answers how many pictures it did, in threads for a time."""
    before, own, started = service_seconds(pid), time.process_time(), time.perf_counter()

    def repeat() -> int:
        done = 0
        while time.perf_counter() < started + seconds:
            done += act()
        return done

    with ThreadPoolExecutor(threads) as pool:
        done = sum(future.result() for future in [pool.submit(repeat) for _ in range(threads)])
    taken = time.perf_counter() - started
    spent, own = service_seconds(pid) - before, time.process_time() - own
    return Pass(done / taken, 1000 * spent / done, 1000 * own / done)


def throughput(running: Running, embedder: Embedder, image: bytes, seconds: float, passes: int) -> Rows:
    cores = len(os.sched_getaffinity(0))
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    with httpx.Client(base_url=running.url, trust_env=False, limits=limits, timeout=60) as client:
        raw = forms(client, image)["raw"]
        remote = HttpEmbedder(running.url, patience=Patience(away=0, busy=4))

        def single() -> int:
            raw()
            return 1

        def directly(size: int) -> Callable[[], int]:
            return lambda: len(embedder.embed([image] * size))

        def passed(act: Callable[[], int], threads: int) -> Pass:
            return run_pass(act, threads=threads, seconds=seconds, pid=running.pid)

        best = max((1, 8, 32), key=lambda size: passed(directly(size), cores).rate)
        acts: dict[str, tuple[Callable[[], int], int]] = {
            f"direct, batch {best}, {cores} threads": (directly(best), cores),
            "service, 1 client": (single, 1),
            "service, 8 clients": (single, 8),
            "service, 32 clients": (single, 32),
            "service, 2 HttpEmbedder": (lambda: len(remote.embed([image] * 64)), 2),
        }
        found: dict[str, list[Pass]] = {name: [] for name in acts}
        for _ in range(passes):
            for name, (act, threads) in acts.items():
                found[name].append(passed(act, threads))
        remote.close()
    return _rows(found)


def _rows(found: dict[str, list[Pass]]) -> Rows:
    rows: Rows = {}
    for name, each in found.items():
        names = ("rate", "service_cpu_ms", "client_cpu_ms")
        rows[name] = {key: statistics.median(getattr(one, key) for one in each) for key in names}
    direct = next(iter(rows.values()))
    for row in rows.values():
        row["ratio"] = row["rate"] / direct["rate"]
        row["cpu_ratio"] = direct["client_cpu_ms"] / row["service_cpu_ms"] if row["service_cpu_ms"] else 1.0
    return rows


def print_tables(latencies: Rows, rates: Rows) -> None:
    print(f"{'one request at a time':<32}{'p50 ms':>9}{'p95 ms':>9}{'added ms':>10}{'ratio':>8}")
    for name, row in latencies.items():
        print(
            f"{name:<32}{row['p50_ms']:>9.2f}{row['p95_ms']:>9.2f}{row['added_ms']:>10.2f}{row['ratio']:>8.2f}"
        )
    heads = f"{'service cpu ms':>16}{'client cpu ms':>15}{'cpu ratio':>11}"
    print(f"\n{'throughput':<32}{'pictures/s':>12}{'ratio':>8}{heads}")
    for name, row in rates.items():
        print(
            f"{name:<32}{row['rate']:>12.1f}{row['ratio']:>8.2f}{row['service_cpu_ms']:>16.2f}"
            f"{row['client_cpu_ms']:>15.2f}{row['cpu_ratio']:>11.2f}"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=300, help="calls of each form")
    parser.add_argument("--seconds", type=float, default=3.0, help="time of each throughput pass")
    parser.add_argument("--passes", type=int, default=3, help="throughput passes of each row")
    options = parser.parse_args(arguments)
    embedder = built_in_embedder(ImageLimits())
    image = picture()
    with service() as running:
        latencies = latency(running, embedder, image, options.rounds)
        rates = throughput(running, embedder, image, options.seconds, options.passes)
    print_tables(latencies, rates)
    line = {
        "benchmark": "inference_hop",
        "picture_bytes": len(image),
        "latency": latencies,
        "throughput": rates,
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
    }
    print(json.dumps(line, default=float))


if __name__ == "__main__":
    main()
