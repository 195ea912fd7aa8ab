"""Learn the visual words of the copy tier from painted scenes, and write them beside the code that reads
them.

Run: python benchmarks/train_vocabulary.py [--scenes 1600] [--output FILE]
About three minutes on one core. The same seed gives the same file on the same machine; another linear algebra
library may round the means otherwise, which is why the file is committed.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from painted_scenes import scene

from pinakes.duplicates.evidence.vocabulary import nearest
from pinakes.images.keypoints import MIRROR, extract

DIMENSIONS, COARSE, FINE = 64, 64, 128
OUTPUT = Path(__file__).parent.parent / "src/pinakes/duplicates/evidence/vocabulary.npz"

Floats = NDArray[np.float32]


def descriptors(scenes: int) -> Floats:
    """Unit descriptors of the scenes, (n, 128)."""
    found = np.concatenate([extract(scene(seed)).descriptors for seed in range(scenes)]).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


def chosen_side(rows: Floats) -> Floats:
    """The direction, among those that mirroring reverses, in which descriptors vary most, (128,)."""
    odd = (rows - rows[:, MIRROR]) / 2
    return np.asarray(np.linalg.eigh(odd.T @ odd)[1][:, -1], dtype=np.float32)


def means(rng: np.random.Generator, rows: Floats, count: int, rounds: int) -> Floats:
    """k-means from random rows; an empty cell starts again at a random row."""
    centres = rows[rng.choice(len(rows), count, replace=len(rows) < count)].copy()
    for _ in range(rounds):
        cells = np.concatenate(
            [nearest(part, centres) for part in np.array_split(rows, len(rows) // 20000 + 1)]
        )
        order, sizes = np.argsort(cells, kind="stable"), np.bincount(cells, minlength=count)
        starts = np.minimum(np.concatenate([[0], np.cumsum(sizes)[:-1]]), len(rows) - 1)
        sums = np.add.reduceat(rows[order], starts)
        filled = sizes > 0
        centres[filled] = sums[filled] / sizes[filled, None]
        centres[~filled] = rows[rng.choice(len(rows), int((~filled).sum()))]
    return centres


def trained(rows: Floats, seed: int = 1) -> dict[str, NDArray[np.generic]]:
    """Every array of the file."""
    rng = np.random.default_rng(seed)
    side = chosen_side(rows)
    flipped = rows @ side < 0
    rows = np.where(flipped[:, None], rows[:, MIRROR], rows)
    mean = rows.mean(axis=0)
    axes = np.linalg.eigh(np.cov((rows - mean).T))[1][:, ::-1][:, :DIMENSIONS].astype(np.float32)
    reduced = (rows - mean) @ axes
    coarse = means(rng, reduced, COARSE, 15).astype(np.float16).astype(np.float32)
    cells = nearest(reduced, coarse)
    fine = np.stack([means(rng, reduced[cells == k], FINE, 10) - coarse[k] for k in range(COARSE)])
    step = float(np.quantile(np.abs(fine), 0.9999)) / 127
    rotation = np.linalg.qr(rng.normal(size=(DIMENSIONS, 64)))[0]
    return {
        "side": side.astype(np.float16), "mean": mean.astype(np.float16), "axes": axes.astype(np.float16),
        "coarse": coarse.astype(np.float16), "rotation": rotation.astype(np.float16),
        "fine": np.clip(np.rint(fine / step), -127, 127).astype(np.int8), "fine_step": np.float32(step),
    }  # fmt: skip


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=1600)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    started = time.perf_counter()
    rows = descriptors(arguments.scenes)
    np.savez_compressed(arguments.output, **trained(rows))
    report = {
        "scenes": arguments.scenes,
        "descriptors": len(rows),
        "words": COARSE * FINE,
        "bytes": arguments.output.stat().st_size,
        "seconds": round(time.perf_counter() - started, 1),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
