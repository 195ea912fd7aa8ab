"""One engine over one library in a process of its own, so that its memory is its own: builds, or asks.

Run: python -m benchmarks.searching.one_run build|ask ENGINE LIBRARY SIZE DIRECTORY
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.searching.engines import ENGINES, Engine
from benchmarks.searching.library import GRANTED, WANTED, Library, opened

#: Questions before the clock runs.
WARM = 5

#: Longest time for the questions of one share, seconds; slow engines are asked fewer.
LONGEST = 30.0


def main(act: str, name: str, library: str, size: str, directory: str) -> None:
    """Print one line of JSON."""
    made = opened(Path(library), int(size))
    engine, place = ENGINES[name](), Path(directory)
    place.mkdir(parents=True, exist_ok=True)
    print(json.dumps(_built(engine, made, place) if act == "build" else _asked(engine, made, place)))


def _built(engine: Engine, library: Library, directory: Path) -> dict[str, float]:
    started = time.monotonic()
    engine.build(library, directory)
    disk = sum(path.stat().st_blocks * 512 for path in directory.rglob("*") if path.is_file())
    return {"build_seconds": time.monotonic() - started, "disk_mb": disk / 2**20, "peak_mb": _memory("VmHWM")}


def _asked(engine: Engine, library: Library, directory: Path) -> dict[str, object]:
    before, started = _memory("VmRSS"), time.monotonic()
    engine.open(library, directory)
    opening = time.monotonic() - started
    shares = {share: _share(engine, library, share) for share in GRANTED}
    return {"open_seconds": opening, "memory_mb": _memory("VmRSS") - before, "shares": shares}


def _share(engine: Engine, library: Library, share: str) -> dict[str, float]:
    granted, answers = library.granted[share], library.answers[share]
    for number in range(WARM):
        engine.ask(library.questions[-1 - number], granted[-1 - number])
    taken: list[float] = []
    found = 0
    until = time.monotonic() + LONGEST
    for number, question in enumerate(library.questions):
        started = time.perf_counter()
        rows = engine.ask(question, granted[number])
        taken.append(time.perf_counter() - started)
        found += len(np.intersect1d(rows, answers[number]))
        if time.monotonic() > until:
            break
    p50, p95 = np.quantile(taken, (0.5, 0.95)) * 1000
    return {"recall": found / (WANTED * len(taken)), "p50_ms": p50, "p95_ms": p95, "asked": len(taken)}


def _memory(name: str) -> float:
    """A figure of this process and its status, MB."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
