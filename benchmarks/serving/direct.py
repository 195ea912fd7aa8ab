"""What everything is compared with: the same model called in one process, with no server around it."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.clip import Clip, Floats

#: Longest time one measurement may take, seconds.
LONGEST = 120

#: Batches that are tried.
BATCHES = (1, 4, 8, 16, 32)


@dataclass(frozen=True, slots=True)
class Way:
    """How a model is called: `callers` threads, each with its own batches, `threads` in every call."""

    batch: int
    callers: int
    threads: int

    def __str__(self) -> str:
        return f"batch {self.batch}, {self.callers} × {self.threads} threads"


@dataclass(frozen=True, slots=True)
class Floor:
    """What the model does without a server.

    Attributes:
        way, rate: the best way to call it, images in to embeddings out, and its pictures a second.
        infer_way, infer_rate: the same for inference alone, of pictures prepared beforehand.
        single_ms: one picture at a time, from its bytes to its embedding, all cores.
        cpu_ms: processor time that a picture takes, from its bytes to its embedding.
    """

    way: Way
    rate: float
    infer_way: Way
    infer_rate: float
    single_ms: float
    cpu_ms: float


def ways() -> list[Way]:
    """Every way that is tried: one caller with all cores, and a caller for each core."""
    cores = len(os.sched_getaffinity(0))
    shares = {(1, cores), (cores, 1)}
    return [Way(batch, callers, threads) for callers, threads in sorted(shares) for batch in BATCHES]


def best_ways(directory: Path, pictures: Sequence[bytes], seconds: float) -> tuple[Way, Way]:
    """Try every way for so long; returns the best for bytes, and the best for inference alone."""
    rates = {way: in_a_process(_rates, directory, pictures, way, seconds) for way in ways()}
    return max(rates, key=lambda way: rates[way][0]), max(rates, key=lambda way: rates[way][1])


def measured(directory: Path, pictures: Sequence[bytes], best: tuple[Way, Way], seconds: float) -> Floor:
    """Measure the best ways again, each in a process of its own."""
    way, infer_way = best
    rate, _, cpu_ms = in_a_process(_rates, directory, pictures, way, seconds)
    _, infer_rate, _ = in_a_process(_rates, directory, pictures, infer_way, seconds)
    single = in_a_process(_single, directory, pictures, seconds)
    return Floor(way, rate, infer_way, infer_rate, single, cpu_ms)


def first_embedding(directory: Path, pictures: Sequence[bytes]) -> Floats:
    """The embedding of the first picture, by which servers prove that they do the same work."""
    first: Floats = Clip(directory, 1).embed(pictures[:1])[0]
    return first


def in_a_process(act: Callable[..., Any], *given: object) -> Any:
    """Call a function in a fresh process, so that its threads end with it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(act, *given).result(LONGEST)


def _rates(
    directory: Path, pictures: Sequence[bytes], way: Way, seconds: float
) -> tuple[float, float, float]:
    """Pictures a second from bytes to embeddings, and of inference alone; processor ms of the former."""
    clips = [Clip(directory, way.threads) for _ in range(way.callers)]
    batch = [pictures[number % len(pictures)] for number in range(way.batch)]
    prepared = np.stack([clips[0].prepare(picture) for picture in batch])
    _repeated([partial(clip.embed, batch) for clip in clips], 0.0)
    cpu, began = time.process_time(), time.perf_counter()
    whole = _repeated([partial(clip.embed, batch) for clip in clips], seconds)
    cores_busy = (time.process_time() - cpu) / (time.perf_counter() - began)
    alone = _repeated([partial(clip.infer, prepared) for clip in clips], seconds)
    return way.batch * whole, way.batch * alone, 1000 * cores_busy / (way.batch * whole)


def _repeated(acts: Sequence[Callable[[], object]], seconds: float) -> float:
    """Calls a second of all acts together, each repeated on its own thread; the first call is not counted."""
    for act in acts:
        act()
    began = time.perf_counter()

    def repeat(act: Callable[[], object]) -> int:
        done = 0
        while time.perf_counter() < began + seconds:
            act()
            done += 1
        return done

    with ThreadPoolExecutor(len(acts)) as pool:
        done = sum(pool.map(repeat, acts))
    return done / (time.perf_counter() - began)


def _single(directory: Path, pictures: Sequence[bytes], seconds: float) -> float:
    """Median milliseconds for one picture at a time."""
    clip = Clip(directory, len(os.sched_getaffinity(0)))
    clip.embed(pictures[:1])
    taken: list[float] = []
    until = time.perf_counter() + seconds
    for picture in cycle(pictures):
        began = time.perf_counter()
        if began > until and taken:
            return statistics.median(taken)
        clip.embed([picture])
        taken.append(1000 * (time.perf_counter() - began))
    raise AssertionError("there are pictures")
