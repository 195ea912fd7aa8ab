"""How do time, memory and recall of the candidate index for copies grow with the library?

Method: the features of painted scenes give a pool with the word frequencies of real descriptors. A synthetic
picture takes 128 of them, with each bit of the code flipped with probability 0.19, which makes chance hits
inside a word as frequent as among real photos (about 1 in 1,000 at 10 bits). One picture in twenty is a
planted copy: a share of its features (30 %, 15 % or 8 %, in turn) is taken from an earlier picture with 8 %
of the bits flipped and a common turn and scale; the rest is its own. The join is timed alone, in a fresh
process for each size, with the peak resident memory of that process; then again with the last 1,000 pictures
as the only fresh ones. Chance candidates are those that were not planted.

Run: python benchmarks/local_index_growth.py [--sizes 1000 10000 100000] [--fresh 1000]
Result (two cores shared with other work): 1,000 pictures 0.8 s, 133 MB; 10,000 4.9 s, 504 MB; 100,000 63 s,
873 MB; 1,000 fresh among 100,000 4.7 s. Recall of every planted copy 1.0, chance candidates 0.002 a picture.
A million was not run; by the same law it takes some 12 minutes and 6 GB. Caveats: real libraries have bursts
of pictures with equal features; lists are then more uneven than here.
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

from pinakes.duplicates.evidence import vocabulary
from pinakes.duplicates.evidence.local_index import Candidate, candidates
from pinakes.duplicates.evidence.local_signature import FEATURE, LocalSignature
from pinakes.images.keypoints import extract

FEATURES, PLANTED_EVERY, SHARES = 128, 20, (0.30, 0.15, 0.08)


def pool(scenes: int = 250) -> NDArray[np.void]:
    """Features of painted scenes."""
    words = vocabulary.load()
    return np.concatenate([words.signature(extract(scene(10_000 + k))).features for k in range(scenes)])


def flipped(rng: np.random.Generator, codes: NDArray[np.uint64], rate: float) -> NDArray[np.uint64]:
    """The codes with each bit flipped with probability `rate`, (n,)."""
    bits = np.packbits(rng.random((len(codes), 64), dtype=np.float32) < rate, axis=1).view("<u8")[:, 0]
    return codes ^ bits


def library(size: int) -> tuple[NDArray[np.void], dict[int, int]]:
    """Features (size, 128), and which picture each planted copy was made from."""
    rng, source = np.random.default_rng(size), pool()
    features = np.empty((size, FEATURES), dtype=FEATURE)
    for start in range(0, size, 10_000):
        part = source[rng.integers(0, len(source), (min(10_000, size - start), FEATURES))]
        part["code"] = flipped(rng, part["code"].ravel(), 0.19).reshape(part.shape)
        part["angle"] = rng.integers(0, 256, part.shape)
        features[start : start + len(part)] = part
    planted = {i: int(rng.integers(0, i)) for i in range(PLANTED_EVERY, size, PLANTED_EVERY)}
    for number, (copy, original) in enumerate(planted.items()):
        count = round(FEATURES * SHARES[number % len(SHARES)])
        taken = features[original, rng.choice(FEATURES, count, replace=False)]
        taken["code"] = flipped(rng, taken["code"], 0.08)
        taken["angle"] += np.uint8(rng.integers(0, 256))
        taken["scale"] = np.clip(taken["scale"].astype(int) + 2 * int(rng.integers(-6, 6)), 0, 255)
        features[copy, :count] = taken
    return features, planted


def report(found: list[Candidate], planted: dict[int, int], asked: range) -> dict[str, float]:
    """Recall for each share of features kept, and chance candidates for each picture that asked."""
    pairs = {(c.i, c.j) for c in found}
    hit: dict[float, list[bool]] = {share: [] for share in SHARES}
    for number, (copy, original) in enumerate(planted.items()):
        if copy in asked:
            hit[SHARES[number % len(SHARES)]].append((copy, original) in pairs)
    chance = sum(planted.get(i) != j for i, j in pairs)
    recalls = {f"recall_{share:.2f}": round(float(np.mean(v)), 4) for share, v in hit.items() if v}
    return {**recalls, "chance_per_picture": round(chance / len(asked), 3)}


def measured(size: int, fresh: int) -> dict[str, object]:
    """One size, in this process."""
    features, planted = library(size)
    signatures = [LocalSignature(row) for row in features]
    started = time.perf_counter()
    found = candidates(signatures)
    whole = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    newest = range(size - fresh, size)
    started = time.perf_counter()
    few = candidates(signatures, fresh=newest)
    return {
        "pictures": size,
        "join_s": round(whole, 2),
        "peak_mb": round(peak),
        **report(found, planted, range(size)),
        "fresh": fresh,
        "fresh_s": round(time.perf_counter() - started, 2),
        "fresh_recall": report(few, planted, newest),
    }


def main() -> None:
    """Measure each size in its own process and print a table and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--fresh", type=int, default=1_000)
    parser.add_argument("--single", type=int)
    arguments = parser.parse_args()
    if arguments.single:
        print(json.dumps(measured(arguments.single, min(arguments.fresh, arguments.single // 2))))
        return
    rows = []
    for size in arguments.sizes:
        command = [sys.executable, __file__, "--single", str(size), "--fresh", str(arguments.fresh)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        rows.append(json.loads(answer))
        row = rows[-1]
        print(
            f"{size:>9} pictures  {row['join_s']:>8} s  {row['peak_mb']:>6} MB  {answer.strip()}", flush=True
        )
    print(json.dumps({"benchmark": "local_index_growth", "rows": rows}))


if __name__ == "__main__":
    main()
