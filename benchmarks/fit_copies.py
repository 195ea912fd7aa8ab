"""Fit the numbers of the copy tier's decision on the odd half of the photos, and print them.

Run: python benchmarks/fit_copies.py [FOLDER ...]   (about six minutes on one core)
Method: logistic regression by projected gradient descent, each weight kept on the side of zero that its
meaning demands (more parallax can never speak for a copy), so that it does not lean on accidents of the
fitted pairs. Negatives are re-takes, pages, and all pairs of different photos that share points under one
homography.
"""

import argparse
import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
from altered_copies import reduced
from copy_pairs import FOLDERS, Pair, altered, loaded, pages, photos, root
from numpy.typing import NDArray

from pinakes.duplicates.evidence.copies import MEASUREMENTS, Picture, measurements
from pinakes.images.agreement import agreement
from pinakes.images.homography import align

Floats = NDArray[np.float64]


def fitted(
    rows: Floats, labels: NDArray[np.bool_], rounds: int = 60_000, decay: float = 1e-4
) -> tuple[Floats, float]:
    """Weights, none above zero, and bias."""
    scale = rows.std(axis=0) + 1e-9
    centre = rows.mean(axis=0)
    unit = (rows - centre) / scale
    weights, bias = np.zeros(unit.shape[1]), 0.0
    step = 4.0 / (unit.shape[1] + 1)
    for _ in range(rounds):
        wrong = 1 / (1 + np.exp(-np.clip(unit @ weights + bias, -50, 50))) - labels
        weights = np.minimum(weights - step * (unit.T @ wrong / len(unit) + 2 * decay * weights), 0)
        bias -= step * float(wrong.mean())
    return weights / scale, bias - float((weights * centre / scale).sum())


def strangers(pictures: list[Picture]) -> Iterator[Pair]:
    """All pairs of different photos that some homography joins."""
    for a, b in combinations(pictures, 2):
        if align(a.features, b.features) is not None:
            yield Pair("library", False, a, b)


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="*")
    folders = parser.parse_args().folders or [root() / name for name in FOLDERS]
    paths = photos(folders)
    originals, fillers = loaded(paths[1::2]), loaded(paths[0::2])
    pictures = [Picture.of(reduced(pixels)) for pixels in originals]
    rows, labels = [], []
    for source in (altered(originals, fillers, pictures, 1, 6), pages(fillers, 1), strangers(pictures)):
        for pair in source:
            found = align(pair.a.features, pair.b.features)
            seen = agreement(pair.a.pixels, pair.b.pixels, found.matrix) if found else None
            if seen is not None:
                rows.append([measurements(seen)[name] for name in MEASUREMENTS])
                labels.append(pair.is_copy)
    weights, bias = fitted(np.array(rows), np.array(labels))
    named = dict(zip(MEASUREMENTS, weights.round(2).tolist(), strict=True))
    print(json.dumps({"pairs": len(rows), "bias": round(bias, 2)} | named))


if __name__ == "__main__":
    main()
