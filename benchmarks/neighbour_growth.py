"""How do time and memory of finding similar pictures grow with the library?

Method: vectors with the spectrum of real descriptors (the built-in descriptor of painted scenes gives mean
and covariance), of which one in ten is a planted neighbour at cosine 0.9. Each size runs alone in a fresh
process; the search is timed without making the vectors, beside a plain product of all pairs with a
comparison (the floor of any exact search without a bound, from some blocks). Then the same with a hundredth
of the pictures marked fresh. The cost is quadratic: `million_s` is the last size scaled by the square.

Run: python benchmarks/neighbour_growth.py [--sizes 10000 100000] [--threshold 0.78]
Caveats: synthetic vectors have fewer chance neighbours than photos of one holiday.
"""

import argparse
import json
import resource
import subprocess
import sys
import time

import numpy as np
from numpy.typing import NDArray
from painted_scenes import scene

from pinakes.duplicates.evidence.neighbours import pairs_above
from pinakes.models.global_descriptor import describe

#: Cosine of planted neighbours.
NEAR = 0.9


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def library(count: int, scenes: int = 300) -> tuple[NDArray[np.float32], int]:
    """Unit vectors (count, d), and how many of them are planted."""
    rng = np.random.default_rng(count)
    known = np.stack([describe(scene(20_000 + number)) for number in range(scenes)])
    mean, centred = known.mean(axis=0), known - known.mean(axis=0)
    vectors = np.empty((count, known.shape[1]), dtype=np.float32)
    for start in range(0, count, 10_000):
        part = vectors[start : start + 10_000]
        mixed = rng.normal(0, 1 / np.sqrt(scenes), (len(part), scenes)).astype(np.float32)
        # A little of every direction, since the scenes span fewer than there are dimensions.
        part[:] = unit(mean + mixed @ centred + rng.normal(0, 0.005, part.shape).astype(np.float32))
    parents, children = rng.permutation(count)[: count // 5].reshape(2, -1)
    aside = rng.normal(size=(len(parents), known.shape[1])).astype(np.float32)
    aside -= (aside * vectors[parents]).sum(axis=1, keepdims=True) * vectors[parents]
    vectors[children] = unit(NEAR * vectors[parents] + np.sqrt(1 - NEAR**2) * unit(aside))
    return vectors, len(parents)


def plain(vectors: NDArray[np.float32], threshold: float, blocks: int = 8) -> float:
    """Estimated seconds to multiply and compare all pairs."""
    rows, columns = vectors[:2048], vectors[:4096]
    started = time.perf_counter()
    for _ in range(blocks):
        np.flatnonzero(rows @ columns.T >= threshold)
    one = (time.perf_counter() - started) / blocks / (len(rows) * len(columns))
    return one * len(vectors) ** 2 / 2


def measured(count: int, threshold: float) -> dict[str, object]:
    """Times, memory and finds of one size, in this process."""
    vectors, planted = library(count)
    started = time.perf_counter()
    found = pairs_above(vectors, threshold)
    spent = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    fresh = np.random.default_rng(0).random(count) < 0.01
    started = time.perf_counter()
    pairs_above(vectors, threshold, fresh=fresh)
    return {
        "vectors": count,
        "dimensions": vectors.shape[1],
        "search_s": round(spent, 2),
        "fresh_1_percent_s": round(time.perf_counter() - started, 2),
        "plain_product_s": round(plain(vectors, threshold), 2),
        "pairs": len(found.i),
        "planted": planted,
        "peak_mb": peak,
    }


def main() -> None:
    """Measure each size in its own process and print a table and one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--threshold", type=float, default=0.78)
    parser.add_argument("--single", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.single:
        print(json.dumps(measured(arguments.single, arguments.threshold)))
        return
    rows = []
    for size in arguments.sizes:
        command = [sys.executable, __file__, "--threshold", str(arguments.threshold), "--single", str(size)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        rows.append(json.loads(answer))
        print(answer.strip(), flush=True)
    million = rows[-1]["search_s"] * (1_000_000 / rows[-1]["vectors"]) ** 2
    print(json.dumps({"benchmark": "neighbour_growth", "rows": rows, "million_s": round(million)}))


if __name__ == "__main__":
    main()
