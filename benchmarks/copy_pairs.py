"""Labelled pairs for the copy tier: altered copies of real photos, and what must not be taken for one.

Originals are split in two halves, every other file in the order of their paths: the odd half is for fitting,
the even half for measuring. Collages, screens and overlays of one half are filled from the other, so that no
picture of the measured library hides in a copy of another.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from altered_copies import RETAKES, TRANSFORMS, Pixels, encoded, form, page_of_text, reduced, screenshot, sky

from pinakes.duplicates.evidence.copies import Picture

#: Folders of the development data that hold different photos, relative to its root.
FOLDERS = (
    "photos_coco100/images", "classification_caltech10", "neardup/imagededup/base_images",
    "neardup/pdq/reg-test-input/labelme-subset",
)  # fmt: skip
#: Files that are left out, by the end of their path: two empty skies, which hold nothing to tell them by, and
#: one each of two pairs that turned out, seen by eye, to be true copies of one another.
LEFT_OUT = (
    "labelme-subset/q0003.jpg", "labelme-subset/q0004.jpg", "butterfly/image_0001.jpg",
    "starfish/image_0016.jpg",
)  # fmt: skip
SUFFIXES = {".jpg", ".jpeg", ".png"}


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two pictures, what was done to the second, and whether it is a copy of the first; `origin` numbers the
    first."""

    kind: str
    is_copy: bool
    a: Picture
    b: Picture
    origin: int = -1


def root() -> Path:
    """Where the development data lies: PINAKES_TEST_DATA, or beside the repository."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("PINAKES_TEST_DATA", beside))


def photos(folders: Sequence[Path]) -> list[Path]:
    """Paths of the originals, sorted within each folder."""
    found = [p for folder in folders for p in sorted(folder.rglob("*")) if p.suffix.lower() in SUFFIXES]
    return [p for p in found if not p.as_posix().endswith(LEFT_OUT)]


def loaded(paths: Sequence[Path]) -> list[Pixels]:
    """RGB pixels of each file."""
    return [np.asarray(cv2.cvtColor(cv2.imread(str(p)), cv2.COLOR_BGR2RGB), np.uint8) for p in paths]


def altered(
    originals: Sequence[Pixels], fillers: Sequence[Pixels], pictures: Sequence[Picture], seed: int, each: int
) -> Iterator[Pair]:
    """`each` different transformations of each original, saved as JPEG of quality 60 to 92, and every
    re-take."""
    rng = np.random.default_rng(seed)
    for number, pixels in enumerate(originals):
        others = [fillers[int(k)] for k in rng.choice(len(fillers), 8)]
        for name in rng.choice(list(TRANSFORMS), each, replace=False):
            changed = encoded(TRANSFORMS[name](rng, pixels, others), ".jpg", int(rng.integers(60, 93)))
            yield Pair(str(name), True, pictures[number], Picture.of(reduced(changed)), number)
        for name, take in RETAKES.items():
            again = Picture.of(reduced(take(rng, pixels, others)))
            yield Pair(name, False, pictures[number], again, number)


def pages(fillers: Sequence[Pixels], seed: int, count: int = 100) -> Iterator[Pair]:
    """Pages that look alike: one form filled in twice, two texts, two skies, one screen with another photo in
    it."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        sheet = form(rng, seed * 1000 + number)
        yield Pair("form", False, *_pictures(sheet, form(rng, seed * 1000 + number)))
        name = ("recompress", "resize", "crop30", "exposure", "grey")[number % 5]
        yield Pair("form_copy", True, *_pictures(sheet, encoded(TRANSFORMS[name](rng, sheet, fillers))))
        yield Pair("page", False, *_pictures(page_of_text(rng), page_of_text(rng)))
        yield Pair("sky", False, *_pictures(sky(rng), sky(rng)))
        one, other = (fillers[int(k)] for k in rng.choice(len(fillers), 2, replace=False))
        other = np.asarray(cv2.resize(other, (one.shape[1], one.shape[0])), np.uint8)
        screens = [screenshot(np.random.default_rng(seed * 1000 + number), p, fillers) for p in (one, other)]
        yield Pair("same_screen", False, *_pictures(*screens))


def _pictures(a: Pixels, b: Pixels) -> tuple[Picture, Picture]:
    return Picture.of(reduced(a)), Picture.of(reduced(b))
