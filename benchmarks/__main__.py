"""`python -m benchmarks`: runs every benchmark with settings that end in a minute or so, one after another.

Run: python -m benchmarks [--list] [NAME ...]
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

#: Settings that keep a benchmark short; the tables in its text come from the longer ones it names itself.
QUICK: dict[str, tuple[str, ...]] = {
    "copies_accuracy": ("--each", "1"),
    "hash_growth": ("--sizes", "10000", "50000"),
    "hash_peers": ("--photos", "24", "--join", "1000"),
    "inference_hop": ("--rounds", "60", "--seconds", "1", "--passes", "1"),
    "local_index_growth": ("--sizes", "1000", "--fresh", "200"),
    "neighbour_growth": ("--sizes", "10000"),
    "rescan": ("--files", "10000", "--runs", "2"),
    "resolve_growth": ("1000", "5000"),
    "scan_throughput": ("--files", "8", "--runs", "1"),
    "similar_shots": ("--photos", "60"),
}

#: Programs that fit or train what ships; they are run by hand when the method changes.
BY_HAND = frozenset(("fit_copies", "train_vocabulary"))

#: Longest time one benchmark may take here, seconds.
LONGEST = 300


def questions() -> dict[str, str]:
    """Every program of this folder by name, with the first line of what it says of itself."""
    found = {}
    for path in sorted(FOLDER.glob("*.py")):
        text = path.read_text("utf-8")
        if path.stem != "__main__" and "__main__" in text:
            found[path.stem] = (ast.get_docstring(ast.parse(text)) or "").splitlines()[0]
    return found


def run(name: str) -> bool:
    """Run one benchmark; returns whether it came to its end."""
    command = [sys.executable, str(FOLDER / f"{name}.py"), *QUICK.get(name, ())]
    began = time.monotonic()
    environment = os.environ | {"PYTHONPATH": str(FOLDER.parent)}
    try:
        status = subprocess.run(command, check=False, timeout=LONGEST, env=environment).returncode
    except subprocess.TimeoutExpired:
        print(f"-- {name}: stopped after {LONGEST} s", flush=True)
        return False
    print(f"-- {name}: exit status {status}, {time.monotonic() - began:.0f} s", flush=True)
    return status == 0


def main() -> int:
    """Run those named, or all that are short."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    parser.add_argument("--list", action="store_true", help="only say what there is")
    given = parser.parse_args()
    known = questions()
    if unknown := sorted(set(given.names) - set(known)):
        parser.error(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(known)}")
    chosen = given.names or [name for name in known if name in QUICK]
    for name, question in known.items():
        note = "by hand" if name in BY_HAND else "run" if name in chosen and not given.list else ""
        print(f"{note:<8}{name:<20} {question}", flush=True)
    if given.list:
        return 0
    print("Quick settings; longer runs say more: see each program's own text.", flush=True)
    failed = []
    for name in chosen:
        print(f"\n== {name} {' '.join(QUICK.get(name, ()))}", flush=True)
        if not run(name):
            failed.append(name)
    if failed:
        print(f"Did not come to their end: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
