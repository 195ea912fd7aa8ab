"""Question: what does a scan cost when nothing changed? Floor: one `os.lstat` for each file.

Method: a tree of small files (default 100,000, in folders of 250) is scanned once; then, alternating, the
floor walks it with `os.scandir` and stats each file, and the product scans it again. The best of several
runs of each counts, in one process, after both have warmed the disk cache. Aim: at most 2 × the floor.

Caveats: the files are copies of 50 tiny pictures, so the first scan is not representative; a network
drive makes the floor slower and the ratio smaller.

Command: python -m benchmarks.rescan [--files 100000] [--runs 3]
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from sqlalchemy import Engine

from pinakes.blobs.memory import MemoryBlobStore
from pinakes.core.settings import ImageLimits
from pinakes.db.session import open_database
from pinakes.ingest.pipeline import Scan
from pinakes.ingest.source import Walk, resolve_folders


def plant(top: Path, files: int) -> None:
    """Make the tree: `files` names, hard links to 50 different pictures, 250 in a folder."""
    noise = np.random.default_rng(7)
    originals = []
    for n in range(50):
        path = top / f"original{n}.png"
        Image.fromarray(noise.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(path)
        originals.append(path)
    for n in range(files - len(originals)):
        folder = top / f"{n // 250:05}"
        if n % 250 == 0:
            folder.mkdir()
        os.link(originals[n % 50], folder / f"{n:07}.png")


def floor(top: str) -> int:
    """Stat every file below `top`."""
    count, stack = 0, [top]
    while stack:
        with os.scandir(stack.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    stack.append(entry.path)
                else:
                    os.lstat(entry.path)
                    count += 1
    return count


def rescan(engine: Engine, folders: tuple[str, ...]) -> int:
    """Scan again; returns the number of unchanged files."""
    report = Scan(engine, MemoryBlobStore(), ImageLimits(), workers=1).run(Walk(folders))
    return report.changes["unchanged"]


def timed(work: object, *arguments: object) -> tuple[float, object]:
    """Seconds and result of one call."""
    start = time.perf_counter()
    result = work(*arguments)  # type: ignore[operator]
    return time.perf_counter() - start, result


def main() -> None:
    """Run, print a table and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        top = Path(name) / "tree"
        top.mkdir()
        plant(top, options.files)
        engine = open_database(Path(name) / "state")
        folders = resolve_folders([top])
        first, _ = timed(rescan, engine, folders)
        floors, scans = [], []
        for _ in range(options.runs):
            seconds, count = timed(floor, folders[0])
            floors.append(seconds)
            scan_seconds, unchanged = timed(rescan, engine, folders)
            scans.append(scan_seconds)
            assert count == unchanged == options.files, (count, unchanged)
    ratio = min(scans) / min(floors)
    print(f"{options.files:,} files   first scan {first:8.2f} s")
    print(f"  stat of each file      {min(floors):8.3f} s")
    print(f"  scan, nothing changed  {min(scans):8.3f} s   {ratio:.2f} × the floor (aim ≤ 2)")
    result = {
        "files": options.files,
        "stat_s": min(floors),
        "rescan_s": min(scans),
        "ratio": ratio,
        "first_s": first,
    }
    print(json.dumps({"benchmark": "rescan", **{k: round(v, 4) for k, v in result.items()}}))


if __name__ == "__main__":
    main()
