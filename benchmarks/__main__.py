"""`python -m benchmarks`: runs every benchmark with settings that end in a minute or so, one after another.

Run: python -m benchmarks [--list] [NAME ...] [OPTIONS OF THE PROGRAM ...]
A name stands for all that begin with it: `serving` for serving_throughput, serving_overload and so on.
Options of the programs' own replace the short settings: python -m benchmarks serving --peers all
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

#: Settings that keep a benchmark short; the tables in its text come from the longer ones it names itself.
QUICK: dict[str, tuple[str, ...]] = {
    "copies_accuracy": ("--each", "1"),
    "hash_growth": ("--sizes", "10000", "50000"),
    "hash_peers": ("--photos", "24", "--join", "1000"),
    "ingest_throughput": ("--files", "8", "--runs", "1", "--small", "1000", "--models", "built-in"),
    "local_index_growth": ("--sizes", "1000", "--fresh", "200"),
    "map_quality": ("--sizes", "2000", "--methods", "ours", "placed", "axes"),
    "neighbour_growth": ("--sizes", "10000"),
    "rescan": ("--files", "10000", "--runs", "2"),
    "relevance_line": (),
    "resolve_growth": ("1000", "5000"),
    "scan_throughput": ("--files", "8", "--runs", "1"),
    "search_scale": ("--sizes", "10000", "--engines", "pinakes,exact"),
    "serving_bodies": ("--rounds", "40"),
    "serving_fairness": ("--models", "clip-tiny", "--peers", "none", "--seconds", "2"),
    "serving_loading": ("--models", "clip-tiny", "--peers", "none", "--passes", "1"),
    "serving_overload": ("--models", "clip-tiny", "--peers", "none", "--seconds", "3"),
    "serving_throughput": ("--models", "clip-tiny", "--peers", "none", "--seconds", "1", "--passes", "1"),
    "similar_shots": ("--photos", "60"),
    "web_pages": ("--pictures", "20000", "--groups", "2000", "--seconds", "2"),
}

#: Programs that fit or train what ships; they are run by hand when the method changes.
BY_HAND = frozenset(("fit_copies", "train_vocabulary"))

#: Longest time one benchmark may take here: with its short settings, and with those it was given, seconds.
LONGEST, LONGEST_GIVEN = 300, 7200


#: Time a benchmark that is stopped is given to stop what it started, seconds.
GRACE = 30


def questions() -> dict[str, str]:
    """Every program of this folder by name, with the first line of what it says of itself."""
    found = {}
    for path in sorted(FOLDER.glob("*.py")):
        text = path.read_text("utf-8")
        if path.stem != "__main__" and "__main__" in text:
            found[path.stem] = (ast.get_docstring(ast.parse(text)) or "").splitlines()[0]
    return found


def run(name: str, given: Sequence[str]) -> bool:
    """Run one benchmark with what it was given, else its short settings; says whether it came to its end."""
    settings, longest = (given, LONGEST_GIVEN) if given else (QUICK.get(name, ()), LONGEST)
    print(f"\n== {name} {' '.join(settings)}", flush=True)
    command = [sys.executable, str(FOLDER / f"{name}.py"), *settings]
    began = time.monotonic()
    environment = os.environ | {"PYTHONPATH": str(FOLDER.parent)}
    process = subprocess.Popen(command, env=environment)
    try:
        status = process.wait(longest)
    except subprocess.TimeoutExpired:
        process.terminate()  # not killed at once: it may have servers to stop
        print(f"-- {name}: stopped after {longest} s", flush=True)
        return process.wait(GRACE) == 0
    except BaseException:
        process.terminate()
        process.wait(GRACE)
        raise
    print(f"-- {name}: exit status {status}, {time.monotonic() - began:.0f} s", flush=True)
    return status == 0


def main() -> int:
    """Run those named, or all that are short."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    parser.add_argument("--list", action="store_true", help="only say what there is")
    given, settings = parser.parse_known_args()
    known = questions()
    meant = {
        name: [one for one in known if one == name or one.startswith(f"{name}_")] for name in given.names
    }
    if unknown := [name for name, several in meant.items() if not several]:
        parser.error(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(known)}")
    if settings and not meant:
        parser.error(f"{' '.join(settings)} belongs to a benchmark: name it")
    chosen = [one for several in meant.values() for one in several] or [
        name for name in known if name in QUICK
    ]
    for name, question in known.items():
        note = "by hand" if name in BY_HAND else "run" if name in chosen and not given.list else ""
        print(f"{note:<8}{name:<20} {question}", flush=True)
    if given.list:
        return 0
    if not settings:
        print("Quick settings; longer runs say more: see each program's own text.", flush=True)
    if failed := [name for name in chosen if not run(name, settings)]:
        print(f"Did not come to their end: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
