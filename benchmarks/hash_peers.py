"""Does the hash tier find altered copies better and faster than the hashes of imagehash and imagededup?

Method: the photos of some folders, reduced to 512 px, are the library; each is altered in every way below
and the copy reduced in its turn, as a scan would. A copy is found when its distance to its own original is
within a threshold, and a find is false when the copy is within it of an unrelated original (look-alike
products of one kind, and frames of one dashcam, are left out). A re-take (the next frame of a burst) is
no copy either. Recall is shown at three thresholds: the method's own default; the largest that lets no
false find through; and the largest that, besides, takes at most 1 % of the re-takes for copies, which is
the fair comparison of methods with different numbers of bits; and besides within the share of the bits that
each of our presets allows. "x8" gives a peer the hashes of all eight turns of each original, at eight times
the cost; ours derives them from one. Near-constant pictures (quality below 49) are left out for all. Time
is one thread per decoded picture at 512 px. Joins are of random hashes of each method's length: ours
against imagededup's `find_duplicates` at its default distance, all processor cores for both.

Run: python benchmarks/hash_peers.py [FOLDER ...] [--photos 200] [--join 5000]
The peers are measured where they can be imported (pip install imagehash imagededup, in an environment of
their own), and named as absent otherwise.
Caveats: crops beyond 10 %, free rotations, overlays and perspective are for the copy tier. The photos are
few, so "no false find" says at most some in a million. Bursts are synthetic.
"""

import argparse
import importlib
import json
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from altered_copies import RETAKES, TRANSFORMS, Pixels
from numpy.typing import NDArray
from PIL import Image

from pinakes.duplicates.evidence.hamming import PRESETS, pairs_within
from pinakes.images.perceptual import MINIMUM_QUALITY, pdq, perceptual_hash, turned

Bits = NDArray[np.bool_]
KINDS = (
    "recompress", "format", "resize", "aspect", "grey", "cast", "exposure", "contrast", "filter", "blur",
    "noise", "sharpen", "mirror", "rotate90", "text", "border", "crop10",
)  # fmt: skip
FOLDERS = (
    "photos_coco100",
    "classification_caltech10",
    "neardup/imagededup/base_images",
    "detection_traffic/images",
)


@dataclass(frozen=True)
class Method:
    """One way of hashing: bits of a picture, its default threshold, and how an original's turns are had."""

    name: str
    bits: Callable[[Pixels], Bits]
    default: int
    turns: str = "none"


def unpacked(hashed: bytes) -> Bits:
    return np.unpackbits(np.frombuffer(hashed, dtype=np.uint8)).astype(bool)


def eight(pixels: Pixels) -> list[Pixels]:
    return [np.ascontiguousarray(np.rot90(side, k)) for side in (pixels, pixels[:, ::-1]) for k in range(4)]


def ours() -> list[Method]:
    return [
        Method(
            "pinakes", lambda pixels: unpacked(perceptual_hash(pixels).bits), PRESETS["balanced"], "derived"
        ),
        Method("pdq (reference) x8", lambda pixels: unpacked(pdq(pixels).bits), 31, "hashed"),
    ]


def peers() -> tuple[list[Method], list[str]]:
    """The methods of the peers that can be imported, and a sentence for each that cannot."""
    methods: list[Method] = []
    absent: list[str] = []
    try:
        imagehash = importlib.import_module("imagehash")
        for name in ("average_hash", "phash", "dhash", "whash"):
            compute = getattr(imagehash, name)

            def bits(pixels: Pixels, compute: Callable[[Image.Image], object] = compute) -> Bits:
                return np.asarray(compute(Image.fromarray(pixels)).hash, dtype=bool).ravel()  # type: ignore[attr-defined]

            methods += [
                Method(f"imagehash {name}", bits, 10),
                Method(f"imagehash {name} x8", bits, 10, "hashed"),
            ]
    except Exception as error:
        absent.append(f"imagehash is not measured: {error}")
    try:
        dedup = importlib.import_module("imagededup.methods")
        for name in ("PHash", "DHash"):
            hasher = getattr(dedup, name)(verbose=False)

            def text_bits(pixels: Pixels, hasher: object = hasher) -> Bits:
                return unpacked(bytes.fromhex(hasher.encode_image(image_array=pixels)))  # type: ignore[attr-defined]

            methods.append(Method(f"imagededup {name}", text_bits, 10))
    except Exception as error:
        absent.append(f"imagededup is not measured: {error}")
    return methods, absent


def loaded(folders: Sequence[Path], count: int) -> tuple[list[Pixels], NDArray[np.str_]]:
    """A seeded choice of photos at 512 px that have some structure, and the folder of each."""
    paths = sorted(
        path for folder in folders for path in folder.rglob("*") if path.suffix in {".jpg", ".jpeg"}
    )
    random.Random(7).shuffle(paths)
    photos, groups = [], []
    for path in paths:
        with Image.open(path) as opened:
            pixels = reduced(np.asarray(opened.convert("RGB")))
        if perceptual_hash(pixels).quality >= MINIMUM_QUALITY:
            photos.append(pixels)
            groups.append(group(path))
        if len(photos) == count:
            break
    return photos, np.array(groups)


def group(path: Path) -> str:
    """What a photo may share its scene or kind of thing with: its dashcam, its category, or only itself."""
    if "detection_traffic" in path.parts:
        return "detection_traffic"
    return path.parent.name if "classification_caltech10" in path.parts else str(path)


def reduced(pixels: Pixels, side: int = 512) -> Pixels:
    image = Image.fromarray(pixels)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return np.asarray(image)


def library(method: Method, photos: Sequence[Pixels]) -> NDArray[np.bool_]:
    """Hashes of the originals in their turns, bool (n, turns, bits)."""
    if method.turns == "hashed":
        return np.array([[method.bits(turn) for turn in eight(pixels)] for pixels in photos])
    plain = np.array([method.bits(pixels) for pixels in photos])
    if method.turns == "derived":
        turns = turned(np.packbits(plain, axis=1))
        return np.unpackbits(turns, axis=2).astype(bool)
    return plain[:, None]


def distances(originals: NDArray[np.bool_], copies: Bits) -> NDArray[np.int64]:
    """The distance (copies, originals) in the nearest turn."""
    left, right = copies.astype(np.float32) * 2 - 1, originals.astype(np.float32) * 2 - 1
    agree = np.stack([left @ right[:, turn].T for turn in range(right.shape[1])])
    return ((copies.shape[1] - agree.max(axis=0)) / 2).round().astype(np.int64)


def measured(
    method: Method, photos: Sequence[Pixels], groups: NDArray[np.str_], altered: dict[str, list[Pixels]]
) -> dict[str, object]:
    """Recall per kind at both thresholds, false finds, and milliseconds a hash."""
    originals = library(method, photos)
    started = time.perf_counter()
    hashed = {kind: np.array([method.bits(copy) for copy in copies]) for kind, copies in altered.items()}
    spent = (time.perf_counter() - started) / sum(map(len, altered.values()))
    unrelated = groups[:, None] != groups[None]
    own, false = {}, []
    for kind, bits in hashed.items():
        apart = distances(originals, bits)
        own[kind] = np.diag(apart)
        false.append(apart[unrelated])
    wrong = np.sort(np.concatenate(false))
    clean = int(wrong[0]) - 1
    careful = min(clean, int(np.sort(own["burst"])[len(photos) // 100]) - 1)
    found = np.concatenate([own[kind] for kind in KINDS])
    return {
        "method": method.name,
        "bits": originals.shape[2],
        "ms": round(1000 * spent, 2),
        "default": method.default,
        "recall_default": round(float((found <= method.default).mean()), 4),
        "false_per_million_default": round(1e6 * float((wrong <= method.default).mean()), 2),
        "no_false_up_to": clean,
        "recall_no_false": round(float((found <= clean).mean()), 4),
        "few_bursts_up_to": careful,
        "recall_few_bursts": round(float((found <= careful).mean()), 4),
        "by_kind_few_bursts": {kind: round(float((own[kind] <= careful).mean()), 3) for kind in KINDS},
        "recall_share_of_bits": {
            name: round(float((found <= radius / 256 * originals.shape[2]).mean()), 4)
            for name, radius in PRESETS.items()
        },
        "bursts_default": round(float((own["burst"] <= method.default).mean()), 3),
        "unrelated_pairs": len(wrong),
    }


def joins(count: int) -> dict[str, float]:
    """Seconds to find all near pairs of `count` random hashes."""
    rng = np.random.default_rng(1)
    hashes = rng.integers(0, 256, (count, 32), dtype=np.uint8)
    seconds: dict[str, float] = {}
    for name in ("careful", "loose"):
        started = time.perf_counter()
        pairs_within(hashes, PRESETS[name], workers=os.cpu_count() or 1)
        seconds[f"pinakes, 256 bits, distance {PRESETS[name]}, 8 turns"] = round(
            time.perf_counter() - started, 2
        )
    try:
        dedup = importlib.import_module("imagededup.methods")
    except Exception:
        return seconds
    encoding = {f"{k}.jpg": rng.integers(0, 256, 8, dtype=np.uint8).tobytes().hex() for k in range(count)}
    started = time.perf_counter()
    dedup.PHash(verbose=False).find_duplicates(encoding_map=encoding, max_distance_threshold=10)
    seconds["imagededup, 64 bits, distance 10, upright only"] = round(time.perf_counter() - started, 2)
    return seconds


def main() -> None:
    """Print a table and one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--join", type=int, default=5_000)
    arguments = parser.parse_args()
    root = Path(os.environ.get("PINAKES_TEST_DATA", Path(__file__).parents[2] / "shared/data"))
    folders = [folder for folder in arguments.folders or [root / name for name in FOLDERS] if folder.is_dir()]
    photos, groups = loaded(folders, arguments.photos)
    if len(photos) < 10:
        print("There are no photos to measure on; name a folder with some.")
        return
    cv2.setNumThreads(1)
    rng = np.random.default_rng(3)
    changes = {kind: TRANSFORMS[kind] for kind in KINDS} | {"burst": RETAKES["burst"]}
    altered = {kind: [reduced(change(rng, p, photos)) for p in photos] for kind, change in changes.items()}
    methods, absent = peers()
    rows = [measured(method, photos, groups, altered) for method in [*ours(), *methods]]
    for sentence in absent:
        print(sentence)
    names = [name for name in rows[0] if name != "by_kind_few_bursts"]
    print(" | ".join(names))
    for row in rows:
        print(" | ".join(str(row[name]) for name in names))
    for row in rows:
        print(row["method"], json.dumps(row["by_kind_few_bursts"]))
    print(
        json.dumps(
            {"benchmark": "hash_peers", "photos": len(photos), "rows": rows, "joins_s": joins(arguments.join)}
        )
    )


if __name__ == "__main__":
    main()
