"""Question: what does a first scan cost beside decoding alone? Floor: the same files, read and decoded only.

Method: 12-megapixel JPEGs (4000 × 3000, 4:2:0, quality 90, about 3 MB; 1/f texture, edges and sensor
noise) are made once. The floor reads and decodes each to a long side of 512 px with Pillow's scaled
decoding, in as many processes as there are cores, nothing else. The product scans them into an empty
library: walk, read, SHA-256, the same decoding, EXIF, orientation, profile, perceptual hash, thumbnail,
rows. Both alternate; the best of several runs counts. Reported as the ratio of throughputs; aim ≥ 0.9.

Caveats: the files are in the page cache; a slow disk hides everything but itself. Starting the decoding
processes (about 0.3 s each) is part of the scan and weighs less the more files there are.

Command: python -m benchmarks.scan_throughput [--files 480] [--runs 3]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from pinakes.blobs.local import LocalBlobStore
from pinakes.core.settings import ImageLimits
from pinakes.db.session import open_database
from pinakes.images.decode import WORKING_SIDE
from pinakes.ingest.pipeline import Scan
from pinakes.ingest.source import Walk, resolve_folders

#: Pictures that are drawn; drawing one takes longer than everything that is measured.
DRAWN = 40

#: Size of a picture in pixels.
WIDTH, HEIGHT = 4000, 3000


def make(folder: Path, files: int) -> int:
    """Write the pictures; returns their size in bytes."""
    folder.mkdir()
    for n in range(min(files, DRAWN)):
        noise = np.random.default_rng(n)
        picture = np.full((HEIGHT, WIDTH, 3), 128, np.float32)
        for octave in range(7):
            side = 4 << octave
            grain = noise.normal(0, 40 / (1 + octave), (side * 3 // 4, side, 3)).astype(np.float32)
            picture += cv2.resize(grain, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        for _ in range(60):
            x, y, w, h = (int(v) for v in noise.integers(0, [WIDTH, HEIGHT, 900, 700]))
            picture[y : y + h, x : x + w] += noise.normal(0, 25, 3).astype(np.float32)
        picture += noise.normal(0, 4, picture.shape).astype(np.float32)
        path = folder / f"photo{n:04}.jpg"
        Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(path, quality=90)
    for n in range(DRAWN, files):
        # A decoder stops at the end of the picture; for the library it is another content.
        drawn = (folder / f"photo{n % DRAWN:04}.jpg").read_bytes()
        (folder / f"photo{n:04}.jpg").write_bytes(drawn + n.to_bytes(8, "little") * (n // DRAWN))
    return sum(path.stat().st_size for path in folder.iterdir())


def decode_alone(path: str) -> tuple[int, int]:
    """Read and decode one file to the working size, and nothing else."""
    with Image.open(path) as image:
        scale = WORKING_SIDE / max(image.size)
        size = (round(image.width * scale), round(image.height * scale))
        image.draft("RGB", size)
        return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0).size


def main() -> None:
    """Run, print a table and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=480)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    floors, scans = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "photos"
        size = make(folder, options.files)
        paths = [str(path) for path in sorted(folder.iterdir())]
        with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
            list(pool.map(decode_alone, paths[:cores]))
            for run in range(options.runs):
                start = time.perf_counter()
                list(pool.map(decode_alone, paths))
                floors.append(options.files / (time.perf_counter() - start))
                state = Path(name) / f"state{run}"
                work = Scan(open_database(state), LocalBlobStore(state / "thumbnails"), ImageLimits(), cores)
                start = time.perf_counter()
                report = work.run(Walk(resolve_folders([folder])))
                scans.append(options.files / (time.perf_counter() - start))
                assert report.counts == {"stored": options.files, "skipped": 0, "refused": 0}, report
    ratio = max(scans) / max(floors)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each = f"{size / options.files / 1e6:.1f} MB"
    print(f"{options.files} JPEGs of {WIDTH} × {HEIGHT}, {each} each, {cores} cores")
    print(f"  decoding alone  {max(floors):6.1f} pictures/s")
    print(f"  scan, all steps {max(scans):6.1f} pictures/s   {ratio:.2f} of decoding alone (aim ≥ 0.9)")
    print(f"  peak memory of the scanning process {peak:.0f} MB")
    result = {"files": options.files, "decode_per_s": max(floors), "scan_per_s": max(scans), "ratio": ratio}
    print(json.dumps({"benchmark": "scan_throughput", **{k: round(v, 3) for k, v in result.items()}}))


if __name__ == "__main__":
    main()
