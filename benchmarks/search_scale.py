"""How fast and how right is a search within some folders, beside FAISS, hnswlib, LanceDB and exactness?

A made-up library of 512 numbers a picture: 2,000 topics of unequal popularity, 200 folders of equal size
that prefer twenty topics each, questions about topics, whoever asks. Each engine indexes it, then answers
200 questions, ten hits each, one after the other, in 1, 10, 100 and all 200 folders: recall@10 against each
vector compared, p50 and p95. Engines run in processes of their own, one after the other in the same
minutes; graphs have the same links and widths. `exact` is the floor of memory and arithmetic: vectors in
memory, those of a folder side by side.

Run: python -m benchmarks.search_scale [--sizes 10000,100000] [--engines pinakes,faiss-flat,…|all] [--keep]
The peers come from: python -m tools.peers install vectors (0.6 GB). A million pictures take 2 GB for the
library, some 12 GB for all indexes, and an hour on two cores; with --keep the indexes stay in
build/bench/search, and a later run asks them without building.

Caveats: the library is made up, and easier than some (its topics are round). Files are in the page cache.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools import peers

from benchmarks.searching.engines import ENGINES
from benchmarks.searching.library import GRANTED, opened

ROOT = Path(__file__).resolve().parents[1]

#: Where libraries and indexes are.
FOLDER = ROOT / "build" / "bench" / "search"

#: Longest time one engine may take to build or to answer, seconds.
LONGEST = 5400

#: Engines that need nothing that is not ours.
OURS = ("pinakes", "exact")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for each size, and one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="10000,100000", help="pictures, with commas between")
    parser.add_argument("--engines", default="all", help="`all` that are installed, or names")
    parser.add_argument("--keep", action="store_true", help="leave the indexes for a later run")
    given = parser.parse_args(arguments)
    here = OURS if "vectors" not in peers.installed() else tuple(ENGINES)
    engines = here if given.engines == "all" else tuple(given.engines.split(","))
    results = {}
    for size in map(int, given.sizes.split(",")):
        results[size] = {name: _measured(name, size) for name in engines}
        _show(size, results[size])
        if not given.keep:
            shutil.rmtree(FOLDER / str(size), ignore_errors=True)
    print(json.dumps({"benchmark": "search_scale", "sizes": results, "cores": os.cpu_count()}))


def _measured(name: str, size: int) -> dict[str, Any]:
    library, directory = FOLDER / str(size) / "library", FOLDER / str(size) / name
    opened(library, size)
    said = directory / "built.json"
    if not said.exists():
        shutil.rmtree(directory, ignore_errors=True)
        built = _run("build", name, library, size, directory)
        said.write_text(json.dumps(built))
    return {**json.loads(said.read_text()), **_run("ask", name, library, size, directory)}


def _run(act: str, name: str, library: Path, size: int, directory: Path) -> dict[str, Any]:
    python = sys.executable if name in OURS else str(peers.python_of("vectors"))
    command = [
        python,
        "-m",
        "benchmarks.searching.one_run",
        act,
        name,
        str(library),
        str(size),
        str(directory),
    ]
    environment = os.environ | ({} if name in OURS else dict(peers.environment_of("vectors")))
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    if done.returncode:
        raise SystemExit(f"{name} could not {act}: {done.stderr[-1500:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _show(size: int, results: dict[str, dict[str, Any]]) -> None:
    print(f"\n{size:,} × 512: recall@10, p50 / p95 ms by the share of the library that may be seen\n")
    print(f"| engine | {' | '.join(GRANTED)} | build s | opens s | memory MB | disk MB |")
    print("| --- " * (len(GRANTED) + 5) + "|")
    for name, found in results.items():
        cells = [
            f"{at['recall']:.3f}, {at['p50_ms']:.2f} / {at['p95_ms']:.2f}" for at in found["shares"].values()
        ]
        last = [f"{found[key]:,.0f}" for key in ("build_seconds", "open_seconds", "memory_mb", "disk_mb")]
        print(f"| {name} | {' | '.join((*cells, *last))} |")


if __name__ == "__main__":
    main()
