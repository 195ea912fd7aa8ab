"""Question: what does ingestion of 12-megapixel JPEGs cost beside decoding alone, or the model alone?

Method: pictures as in scan_throughput. Decoding alone reads and decodes each to 512 px in as many processes
as there are cores. The model alone is the same model in one process, called with framed pixels in the best of
three batch sizes, as many calls at once as pay off. The product ingests the files into an empty library:
walk, read, SHA-256, decode, metadata, hash, thumbnail, embed, rows, a point in the embedded vectors, a
document in the words. The aim is ≥ 0.9 of the slower of the two alone. Where the model runs on the cores
that decode, as here without a GPU, nobody can be quicker than both in turn: that ratio is the second number.
Then: a run that is broken off half-way and done again, against one that was not; and a tree of small files
that did not change, scanned and indexed again, against scanned again alone.

Models: the one that ships, a CLIP whose inference costs next to nothing, and ViT-B/32, both of random weights
(built once, half a minute, needs torch). Captions and text reading are left out: they take seconds a picture.

Caveats: the files are in the page cache. Starting the decoding processes is part of the product's time.

Command: python -m benchmarks.ingest_throughput [--files 240] [--runs 3] [--models built-in clip-tiny …]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.rescan import plant
from benchmarks.scan_throughput import decode_alone, make
from benchmarks.serving.models import directory_of
from pinakes.blobs.local import LocalBlobStore
from pinakes.core.payload import PICTURES
from pinakes.core.settings import ImageLimits, VectorSettings
from pinakes.core.types import Task
from pinakes.db.session import open_database
from pinakes.images.decode import WORKING_SIDE, decode_at_least, decode_reduced
from pinakes.ingest.framing import framing_of
from pinakes.ingest.indexing.indexing import Indexing
from pinakes.ingest.indexing.report import IndexProgress
from pinakes.ingest.ingestion import Ingestion, IngestReport
from pinakes.ingest.pipeline import Scan
from pinakes.ingest.source import Walk, resolve_folders
from pinakes.models.base import LoadedModel
from pinakes.models.embedder import LocalModel
from pinakes.models.runtimes.loading import load
from pinakes.services.chosen.built_in import built_in_model
from pinakes.services.chosen.offers import SMALL_MODEL
from pinakes.vectors.factory import open_vectors
from pinakes.words.sqlite.index import SqliteWordIndex

LIMITS = ImageLimits()
CORES = len(os.sched_getaffinity(0))

#: Sizes of batches among which the model alone may choose.
BATCHES = (8, 16, 32)


class HalfWay(Exception):
    """Raised where a run is to be broken off."""


def opened(name: str) -> LoadedModel:
    """Load a model as the product does: small ones with one thread a call."""
    if name == "built-in":
        return built_in_model(LIMITS)
    directory = directory_of(name)
    size = sum(path.stat().st_size for path in (directory / "onnx").glob("vision*"))
    return load(
        directory,
        name=name,
        revision="random",
        decode_for=lambda side: partial(decode_at_least, short_side=side, limits=LIMITS),
        threads=1 if size < SMALL_MODEL else CORES,
    )


def model_alone(model: LoadedModel, files: list[Path], number: int) -> float:
    """Pictures a second of the model alone, given framed pixels."""
    task = model.tasks[Task.IMAGE_EMBEDDING]
    framing = framing_of(model.identity)
    assert framing is not None
    pixels = [decode_reduced(path.read_bytes(), long_side=WORKING_SIDE, limits=LIMITS) for path in files[:16]]
    framed = [framing.picture.framed(each) if framing.picture else each for each in pixels]

    def call(size: int) -> None:
        batch = [task.preprocess(framed[n % len(framed)]) for n in range(size)]
        task.postprocess(task.infer(batch))

    best = 0.0
    with ThreadPoolExecutor(max(1, model.concurrency)) as pool:
        for size in BATCHES:
            list(pool.map(call, [size] * model.concurrency))
            calls = max(model.concurrency, number // size)
            start = time.perf_counter()
            list(pool.map(call, [size] * calls))
            best = max(best, calls * size / (time.perf_counter() - start))
    return best


@contextmanager
def ingestion(state: Path, model: LoadedModel) -> Iterator[Ingestion]:
    """The product over a state, with every store on disk."""
    engine = open_database(state)
    store = open_vectors(VectorSettings(background=False), state / "vectors", PICTURES)
    words = SqliteWordIndex(state / "words.sqlite3", PICTURES, seconds=30)
    collection = store.create(model.identity)
    indexing = Indexing(engine, collection, words, LocalModel(model), LIMITS)
    yield Ingestion(Scan(engine, LocalBlobStore(state / "thumbnails"), LIMITS, CORES), indexing)
    words.close()
    store.close()
    engine.dispose()


def ingested(
    state: Path, folder: Path, model: LoadedModel, watch: Callable[[IndexProgress], None]
) -> tuple[float, IngestReport | None]:
    """Seconds and report of a run; no report where `watch` broke it off."""
    with ingestion(state, model) as work:
        start = time.perf_counter()
        try:
            report = work.run(Walk(resolve_folders([folder])), watch=watch)
        except HalfWay:
            return time.perf_counter() - start, None
        return time.perf_counter() - start, report


def nobody(_: IndexProgress) -> None:
    """Watch nothing."""


def broken_off(state: Path, folder: Path, model: LoadedModel, files: int) -> float:
    """Seconds of a run that is broken off half-way, and of the one that does the rest."""

    def watch(progress: IndexProgress) -> None:
        if progress.done >= files // 2:
            raise HalfWay

    first, _ = ingested(state, folder, model, watch)
    second, report = ingested(state, folder, model, nobody)
    assert report is not None
    return first + second


def measured(
    name: str, folder: Path, states: Path, options: argparse.Namespace, decoded: float
) -> dict[str, Any]:
    """Everything that is said of one model."""
    model, files = opened(name), options.files
    alone = model_alone(model, sorted(folder.iterdir()), max(64, files))
    seconds = []
    for run in range(options.runs):
        took, report = ingested(states / f"{name}{run}", folder, model, nobody)
        assert report is not None
        assert report.index.counts["embedded"] == files, report.index
        seconds.append(took)
    best = files / min(seconds)
    resumed = broken_off(states / f"{name}-half", folder, model, files)
    model.close()
    return {
        "model": name,
        "model_per_s": alone,
        "ingest_per_s": best,
        "ratio": best / min(decoded, alone),
        "ratio_of_both": best * (1 / decoded + 1 / alone),
        "resume_ratio": resumed / min(seconds),
    }


def unchanged(folder: Path, state: Path, number: int) -> dict[str, float]:
    """A tree that did not change: scanned and indexed again, against scanned again."""
    folder.mkdir()
    plant(folder, number)
    model = built_in_model(LIMITS)
    first, _ = ingested(state, folder, model, nobody)
    with ingestion(state, model) as work:
        walk = Walk(resolve_folders([folder]))
        start = time.perf_counter()
        work.scan.run(walk)
        scanned = time.perf_counter() - start
        start = time.perf_counter()
        work.run(walk, watch=nobody)
        both = time.perf_counter() - start
    return {"first_s": first, "rescan_s": scanned, "rescan_and_index_s": both, "rescan_ratio": both / scanned}


def decoding_alone(folder: Path, runs: int) -> float:
    """Pictures a second of decoding alone."""
    paths = [str(path) for path in sorted(folder.iterdir())]
    found = []
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
        list(pool.map(decode_alone, paths[:CORES]))
        for _ in range(runs):
            start = time.perf_counter()
            list(pool.map(decode_alone, paths))
            found.append(len(paths) / (time.perf_counter() - start))
    return max(found)


def main() -> None:
    """Run, print a table and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=240)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--small", type=int, default=20_000, help="files of the tree that does not change")
    parser.add_argument("--models", nargs="+", default=["built-in", "clip-tiny", "clip-vit-b32"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, states = Path(name) / "photos", Path(name) / "states"
        size = make(folder, options.files)
        decoded = decoding_alone(folder, options.runs)
        print(f"{options.files} JPEGs of 12 MP, {size / options.files / 1e6:.1f} MB each, {CORES} cores")
        print(f"  decoding alone {decoded:.1f} pictures/s")
        rows = [measured(model, folder, states, options, decoded) for model in options.models]
        for row in rows:
            print(
                f"  {row['model']:<13} alone {row['model_per_s']:7.1f}/s   "
                f"ingestion {row['ingest_per_s']:6.1f}/s   "
                f"{row['ratio']:.2f} of the slower alone (aim ≥ 0.9), "
                f"{row['ratio_of_both']:.2f} of both in turn   resumed: {row['resume_ratio']:.2f} × the time"
            )
        tree = unchanged(Path(name) / "small", states / "small", options.small)
        print(
            f"  {options.small:,} small files, first {tree['first_s']:.1f} s; unchanged: scanned in "
            f"{tree['rescan_s']:.2f} s, with indexes {tree['rescan_and_index_s']:.2f} s"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory of the ingesting process {peak:.0f} MB, models included")
    result = {"files": options.files, "decode_per_s": decoded, "models": rows, **tree, "peak_mb": peak}
    print(json.dumps({"benchmark": "ingest_throughput", **result}, default=float))


if __name__ == "__main__":
    main()
