"""Does the built-in descriptor rank another shot of the same scene above everything else?

Method: the photos of some folders at 512 px are the library; each is taken again in three synthetic ways
(the next frame of a burst; a step aside with something new in front; another sitter before the same wall).
Recall@1 is the share of re-takes whose nearest picture in the library is their own scene. At each preset:
the share of re-takes above it, and false pairs in a million of unrelated pictures: photos and four cut-outs
of each (62 % of each side, at the corners). `look_alikes` are pairs of one group: different products of one
kind (grand pianos on white) and frames of one dashcam, which are no re-takes but resemble them. Rivals: a
tiny picture (8 by 8, mean removed) and a colour histogram, the usual weightless descriptors.

Run: python benchmarks/similar_shots.py [FOLDER ...] [--photos 400]
Caveats: re-takes are synthetic; real ones move more. Pages of text and forms resemble one another strongly.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from altered_copies import RETAKES, Pixels
from hash_peers import FOLDERS, loaded, reduced
from numpy.typing import NDArray

from pinakes.duplicates.evidence.neighbours import PRESETS
from pinakes.images.perceptual import MINIMUM_QUALITY, perceptual_hash
from pinakes.models.global_descriptor import describe

Vectors = NDArray[np.float32]


def tiny(pixels: Pixels) -> Vectors:
    small = cv2.resize(pixels.astype(np.float32), (8, 8), interpolation=cv2.INTER_AREA).ravel()
    return np.asarray(small - small.mean(), dtype=np.float32)


def histogram(pixels: Pixels) -> Vectors:
    counts = cv2.calcHist(
        [cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV)], [0, 1, 2], None, [12, 6, 6], [0, 180, 0, 256, 0, 256]
    )
    return np.asarray(np.sqrt(counts).ravel(), dtype=np.float32)


DESCRIPTORS: dict[str, Callable[[Pixels], Vectors]] = {
    "pinakes-global": describe,
    "tiny 8x8": tiny,
    "colour histogram": histogram,
}


def described(describer: Callable[[Pixels], Vectors], pictures: Sequence[Pixels]) -> Vectors:
    rows = np.stack([describer(pixels) for pixels in pictures])
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


def cut_outs(pixels: Pixels) -> list[Pixels]:
    """The picture and its four corners, those that have structure."""
    height, width = (int(0.62 * side) for side in pixels.shape[:2])
    tops, lefts = (0, pixels.shape[0] - height), (0, pixels.shape[1] - width)
    parts = [np.ascontiguousarray(pixels[y : y + height, x : x + width]) for y in tops for x in lefts]
    return [pixels] + [part for part in parts if perceptual_hash(part).quality >= MINIMUM_QUALITY]


def unrelated_scores(
    describer: Callable[[Pixels], Vectors], photos: Sequence[Pixels], groups: NDArray[np.str_]
) -> Vectors:
    """Descending scores of all pairs of pictures and cut-outs of different groups."""
    parts = [cut_outs(pixels) for pixels in photos]
    vectors = described(describer, [part for several in parts for part in several])
    group = np.repeat(groups, [len(several) for several in parts])
    apart = [
        (vectors[row : row + 1] @ vectors[row + 1 :].T)[0][group[row + 1 :] != group[row]]
        for row in range(len(vectors) - 1)
    ]
    return np.sort(np.concatenate(apart))[::-1]


def measured(
    name: str, photos: Sequence[Pixels], groups: NDArray[np.str_], again: dict[str, list[Pixels]]
) -> dict[str, object]:
    """Recall@1 of each kind of re-take, and what passes each threshold."""
    describer = DESCRIPTORS[name]
    started = time.perf_counter()
    library = described(describer, photos)
    spent = (time.perf_counter() - started) / len(photos)
    scores = {kind: described(describer, pictures) @ library.T for kind, pictures in again.items()}
    own = {kind: np.diag(table) for kind, table in scores.items()}
    wrong = unrelated_scores(describer, photos, groups)
    alike = (library @ library.T)[
        (groups[:, None] == groups[None]) & np.triu(np.ones(2 * (len(photos),), bool), 1)
    ]
    # Rivals have no presets: they get the thresholds with the false pairs of 1 and 10 in a million.
    thresholds = PRESETS if name == "pinakes-global" else {}
    thresholds = thresholds | {
        f"{rate} false in a million": float(wrong[rate * len(wrong) // 1_000_000]) for rate in (1, 10)
    }
    return {
        "descriptor": name,
        "dimensions": library.shape[1],
        "ms": round(1000 * spent, 2),
        "recall_at_1": {
            kind: round(float((table.argmax(axis=1) == np.arange(len(photos))).mean()), 3)
            for kind, table in scores.items()
        },
        "unrelated_pairs": len(wrong),
        "thresholds": {
            preset: {
                "cosine": round(least, 3),
                "false_per_million": round(1e6 * float((wrong >= least).mean()), 2),
                "look_alikes": round(float((alike >= least).mean()), 4),
                "retakes": {kind: round(float((values >= least).mean()), 3) for kind, values in own.items()},
            }
            for preset, least in thresholds.items()
        },
    }


def main() -> None:
    """Print the figures of each descriptor and one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--photos", type=int, default=400)
    arguments = parser.parse_args()
    root = Path(os.environ.get("PINAKES_TEST_DATA", Path(__file__).parents[2] / "shared/data"))
    folders = [folder for folder in arguments.folders or [root / name for name in FOLDERS] if folder.is_dir()]
    photos, groups = loaded(folders, arguments.photos)
    if len(photos) < 10:
        print("There are no photos to measure on; name a folder with some.")
        return
    cv2.setNumThreads(1)
    rng = np.random.default_rng(5)
    again = {
        kind: [reduced(shoot(rng, pixels, photos)) for pixels in photos] for kind, shoot in RETAKES.items()
    }
    rows = [measured(name, photos, groups, again) for name in DESCRIPTORS]
    for row in rows:
        print(json.dumps({key: value for key, value in row.items() if key != "thresholds"}))
        for preset, figures in row["thresholds"].items():  # type: ignore[attr-defined]
            print("   ", preset, json.dumps(figures))
    print(json.dumps({"benchmark": "similar_shots", "photos": len(photos), "rows": rows}))


if __name__ == "__main__":
    main()
