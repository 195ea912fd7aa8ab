"""How do time and memory of joining perceptual hashes grow with the library?

Method: random hashes, of which one in ten is a planted copy: another hash turned in one of the eight ways,
with up to `radius` bits changed at random. Each size and radius runs alone in a fresh process; the join is
timed without making the hashes, the peak resident memory is that of the whole process. Then the same join
with a hundredth of the pictures marked fresh, as after a small import. `missed` counts planted copies that
were not found (the join is exact: it must be 0), `brute_s` estimates comparing every pair in eight turns,
from a thousand pictures against all on one thread.

Run: python benchmarks/hash_growth.py [--sizes 10000 100000] [--radii 18 31] [--workers 2]
     (1000000 at radius 31 takes some minutes)
Caveats: hashes of photos are a little less even than random ones, and a library with thousands of shots of
one scene has as many true pairs as it has; both cost more than here.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time

import numpy as np
from numpy.typing import NDArray

from pinakes.duplicates.evidence.hamming import pairs_within
from pinakes.images.perceptual import HASH_BYTES, Symmetry, turned


def planted(count: int, radius: int) -> tuple[NDArray[np.uint8], set[tuple[int, int]]]:
    """Hashes (count, 32), and the pairs of which one was made from the other."""
    rng = np.random.default_rng(count)
    hashes = rng.integers(0, 256, (count, HASH_BYTES), dtype=np.uint8)
    chosen = rng.permutation(count)[: count // 5].reshape(2, -1)
    for start in range(0, chosen.shape[1], 10_000):
        parents, children = chosen[:, start : start + 10_000]
        copies = turned(hashes[parents])[
            np.arange(len(parents)), rng.integers(0, len(Symmetry), len(parents))
        ]
        order = rng.random((len(parents), 8 * HASH_BYTES)).argsort(axis=1).argsort(axis=1)
        wrong = order < rng.integers(0, radius + 1, (len(parents), 1))
        hashes[children] = copies ^ np.packbits(wrong, axis=1)
    low, high = np.sort(chosen, axis=0)
    return hashes, set(zip(low.tolist(), high.tolist(), strict=True))


def brute(hashes: NDArray[np.uint8], rows: int = 1000) -> float:
    """Estimated seconds to compare all pairs in eight turns."""
    left = turned(hashes[:rows]).view(np.uint64).reshape(-1, 4)
    right = hashes.view(np.uint64)
    started = time.perf_counter()
    for row in left[::8]:
        np.bitwise_count(right ^ row).sum(axis=1, dtype=np.uint16)
    return (time.perf_counter() - started) / (len(left) / 8) * 8 * len(hashes) / 2


def measured(count: int, radius: int, workers: int) -> dict[str, object]:
    """Times, memory and finds of one size and radius, in this process."""
    hashes, pairs = planted(count, radius)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    started = time.perf_counter()
    found = pairs_within(hashes, radius, workers=workers)
    spent = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    fresh = np.random.default_rng(0).random(count) < 0.01
    started = time.perf_counter()
    pairs_within(hashes, radius, fresh=fresh, workers=workers)
    fresh_spent = time.perf_counter() - started
    return {
        "hashes": count,
        "radius": radius,
        "join_s": round(spent, 2),
        "fresh_1_percent_s": round(fresh_spent, 2),
        "pairs": len(found.i),
        "missed": len(pairs - set(zip(found.i.tolist(), found.j.tolist(), strict=True))),
        "peak_mb": peak,
        "peak_before_join_mb": before,
        "brute_s": round(brute(hashes), 1),
    }


def main() -> None:
    """Measure each size and radius in its own process and print a table and one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--radii", type=int, nargs="+", default=[18, 31])
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--single", type=int, nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.single:
        print(json.dumps(measured(*arguments.single, arguments.workers)))
        return
    rows = []
    for size in arguments.sizes:
        for radius in arguments.radii:
            command = [sys.executable, __file__, "--workers", str(arguments.workers), "--single"]
            answer = subprocess.run(
                [*command, str(size), str(radius)], check=True, capture_output=True, text=True
            )
            rows.append(json.loads(answer.stdout))
            print(answer.stdout.strip(), flush=True)
    print(json.dumps({"benchmark": "hash_growth", "workers": arguments.workers, "rows": rows}))


if __name__ == "__main__":
    main()
