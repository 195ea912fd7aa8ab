"""How much of an embedding space does the map keep, beside two principal axes and other map makers?

Method: vectors of 512 dimensions in 400 groups of uneven size, each group a thin sheet of eight dimensions
with noise, the groups in twenty families: pictures of the same things, more or less alike. Every method gets
the same 64 principal axes; each size and method runs alone in a fresh process. At a thousand points, `kept`
is the share of the nearest ten of the full vectors that are among the nearest ten on the plane, and
`trustworthiness` is Venna and Kaski's. Time is that of the method, with what it does to find neighbours.
`placed` lays out nine tenths of the points and puts the rest beside them, as when pictures are added.

Run: python -m benchmarks.map_quality [--sizes 10000 50000] [--methods ours placed axes openTSNE umap pacmap]
Peers are measured where they can be imported: pip install openTSNE umap-learn pacmap
Caveats: synthetic vectors; on real photos all methods keep less. Peers run with their defaults.
"""

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pinakes.search.mapping.layout import NEIGHBOURS, laid_out
from pinakes.search.mapping.neighbours import nearest
from pinakes.search.mapping.placing import beside
from pinakes.search.mapping.quality import quality
from pinakes.search.mapping.reduction import principal_axes

Floats = NDArray[np.float32]

#: Groups, groups of groups, dimensions, and those of a group's own sheet.
GROUPS, FAMILIES, DIMENSIONS, SHEET = 400, 20, 512, 8

#: Rows that are made and reduced at a time.
PAGE = 1000


def space(count: int) -> Floats:
    """Unit vectors (count, 512), the same for each count."""
    rng = np.random.default_rng(count)
    families = rng.normal(size=(FAMILIES, DIMENSIONS))
    centres = families[rng.integers(0, FAMILIES, GROUPS)] + 0.7 * rng.normal(size=(GROUPS, DIMENSIONS))
    sheets = (rng.normal(size=(GROUPS, SHEET, DIMENSIONS)) / 3).astype(np.float32)
    group = rng.zipf(1.3, count) % GROUPS
    vectors = np.empty((count, DIMENSIONS), np.float32)
    for start in range(0, count, PAGE):
        own = group[start : start + PAGE]
        spread = np.einsum("ij,ijk->ik", rng.normal(size=(len(own), SHEET)), sheets[own])
        part = centres[own] + spread + 0.15 * rng.normal(size=(len(own), DIMENSIONS))
        vectors[start : start + PAGE] = part / np.linalg.norm(part, axis=1, keepdims=True)
    return vectors


def ours(points: Floats) -> Floats:
    near, _ = nearest(points, points, NEIGHBOURS, themselves=True)
    return laid_out(points, near)


def placed(points: Floats) -> Floats:
    """Nine tenths laid out, the rest put beside them."""
    cut = len(points) - len(points) // 10
    laid = ours(points[:cut])
    return np.concatenate((laid, beside(points[cut:], points[:cut], laid)))


def axes(points: Floats) -> Floats:
    return np.ascontiguousarray(points[:, :2])


def open_tsne(points: Floats) -> Floats:
    from openTSNE import TSNE

    return np.asarray(TSNE(random_state=0, n_jobs=-1).fit(points), np.float32)


def umap(points: Floats) -> Floats:
    from umap import UMAP

    return np.asarray(UMAP(random_state=0, n_jobs=1).fit_transform(points), np.float32)


def pacmap(points: Floats) -> Floats:
    from pacmap import PaCMAP

    return np.asarray(PaCMAP(random_state=0).fit_transform(points), np.float32)


#: Each method, and the package it needs.
METHODS: dict[str, tuple[Callable[[Floats], Floats], str]] = {
    "ours": (ours, "numpy"),
    "placed": (placed, "numpy"),
    "axes": (axes, "numpy"),
    "openTSNE": (open_tsne, "openTSNE"),
    "umap": (umap, "umap"),
    "pacmap": (pacmap, "pacmap"),
}


def measured(count: int, name: str) -> dict[str, object]:
    """One method at one size, in this process."""
    vectors = space(count)
    found = principal_axes(vectors[start : start + PAGE] for start in range(0, count, PAGE))
    points = np.concatenate([found.reduced(vectors[start : start + PAGE]) for start in range(0, count, PAGE)])
    started = time.perf_counter()
    places = METHODS[name][0](points)
    seconds = time.perf_counter() - started
    told = quality(vectors, places)
    return {
        "points": count,
        "method": name,
        "seconds": round(seconds, 1),
        "kept": round(told.kept, 3),
        "trustworthiness": round(told.trustworthiness, 4),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Measure each size and method in its own process and print the rows and one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=METHODS)
    parser.add_argument("--single", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.single:
        print(json.dumps(measured(int(arguments.single[0]), arguments.single[1])))
        return
    rows = []
    for size in arguments.sizes:
        for name in arguments.methods:
            if importlib.util.find_spec(METHODS[name][1]) is None:
                print(f"{name} is not installed", flush=True)
                continue
            command = [sys.executable, "-m", "benchmarks.map_quality", "--single", str(size), name]
            root = Path(__file__).resolve().parent.parent
            ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=root)
            rows.append(json.loads(ended.stdout.splitlines()[-1]))
            print(json.dumps(rows[-1]), flush=True)
    print(json.dumps({"benchmark": "map_quality", "rows": rows}))


if __name__ == "__main__":
    main()
