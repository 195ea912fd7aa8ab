"""Trying a model for real: how long it takes, what it needs, and whether its answers make sense."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from pinakes.cli import output
from pinakes.cli.checks import samples
from pinakes.cli.model_list import BUILT_IN
from pinakes.core.errors import ModelUnusable
from pinakes.core.settings import Settings
from pinakes.core.types import Caption, Pixels, Refusal, Task, Vector
from pinakes.images.decode import decode_at_least
from pinakes.models.base import Decode, LoadedModel
from pinakes.models.embedder import LocalModel
from pinakes.models.store.opening import open_model
from pinakes.models.store.store import Store
from pinakes.services.chosen.built_in import built_in_model

#: A model that is warm is timed so often, or for so long (seconds), whichever ends first.
WARM_CALLS, WARM_SECONDS = 12, 3.0

#: Largest departure of two runs on one input, alone and among others: GPUs round by the batch's size.
SAME = 1e-3

#: Words to embed.
WORDS = "a photograph of a red door"


@dataclass
class Trial:
    """What was seen; times are milliseconds, memory is bytes.

    Attributes:
        cold: first call after loading, by task.
        warm: median of later calls, by task.
        sane: what was expected of the answers, and whether it held.
    """

    load: float = 0.0
    memory: int = 0
    dimensions: int = 0
    cold: dict[Task, float] = field(default_factory=dict)
    warm: dict[Task, float] = field(default_factory=dict)
    sane: dict[str, bool] = field(default_factory=dict)
    caption: str = ""


def tried(load: Callable[[], LoadedModel]) -> Trial:
    """Load a model, run every task of it, and release it.

    Raises:
        ModelUnusable: it cannot be loaded, or refuses a sound picture.
        OutOfMemory: it does not fit.
    """
    trial = Trial()
    before, began = _resident(), time.perf_counter()
    loaded = load()
    trial.load = _since(began)
    model = LocalModel(loaded)
    try:
        trial.dimensions = loaded.identity.dimensions
        if Task.IMAGE_EMBEDDING in loaded.tasks:
            _try_pictures(model, trial)
        if Task.TEXT_EMBEDDING in loaded.tasks:
            words = _timed(trial, Task.TEXT_EMBEDDING, lambda: model.embed_texts([WORDS])[0])
            trial.sane["words have unit length"] = _is_unit(_vector(words))
        if Task.CAPTIONING in loaded.tasks:
            said = _timed(trial, Task.CAPTIONING, lambda: model.caption([_jpeg(samples.scene(1))])[0])
            trial.caption = said.text if isinstance(said, Caption) else ""
            trial.sane["a picture is described"] = bool(trial.caption)
        trial.memory = max(0, _resident() - before)
    finally:
        model.close()
    return trial


def loaded(read: Settings, store: Store, name: str, *, revision: str, variant: str) -> LoadedModel:
    """Load an installed model after its files were checked, or the built-in one.

    Raises:
        NotFound: it is not installed.
        ModelUnusable: a file is not as it was installed, or it cannot be loaded.
    """
    if name == BUILT_IN:
        return built_in_model(read.images)
    model = store.find(name, revision)
    if damaged := store.verify(model):
        raise ModelUnusable(
            f"{', '.join(damaged)} of {model.name} is not as it was installed.",
            remedy=f"Get it again with `pinakes models pull {model.name}`.",
        )

    def decode_for(side: int) -> Decode:
        return partial(decode_at_least, short_side=side, limits=read.images)

    return open_model(model, decode_for=decode_for, threads=read.inference.threads, variant=variant)


def write(name: str, trial: Trial) -> None:
    """Print the trial for a person."""
    output.write_line(f"{name}: loaded in {trial.load:,.0f} ms, {output.size(trial.memory)} of memory")
    for task, cold in trial.cold.items():
        output.write_line(f"  {task:<16} {cold:8.1f} ms the first time, {trial.warm[task]:8.1f} ms after")
    if trial.dimensions:
        output.write_line(f"  {trial.dimensions} numbers an embedding")
    if trial.caption:
        output.write_line(f"  it says: {trial.caption}")
    for what, held in trial.sane.items():
        output.write_line(f"  {'ok     ' if held else 'FAILED '} {what}")


def _try_pictures(model: LocalModel, trial: Trial) -> None:
    scene, other = samples.scene(1), samples.scene(2)
    pictures = [_jpeg(scene), _jpeg(samples.rotated_crop(scene, 2.0, 0.95)), _jpeg(other)]
    first = _vector(_timed(trial, Task.IMAGE_EMBEDDING, lambda: model.embed(pictures[:1])[0]))
    again, copy, apart = (_vector(outcome) for outcome in model.embed(pictures))
    trial.sane["pictures have unit length"] = _is_unit(first)
    trial.sane["the same picture gives the same numbers"] = bool(np.abs(first - again).max() <= SAME)
    trial.sane["a copy is nearer than another picture"] = bool(first @ copy > first @ apart)


def _timed(trial: Trial, task: Task, call: Callable[[], object]) -> object:
    began = time.perf_counter()
    outcome = call()
    trial.cold[task] = _since(began)
    times: list[float] = []
    while len(times) < WARM_CALLS and sum(times) < WARM_SECONDS * 1000:
        began = time.perf_counter()
        call()
        times.append(_since(began))
    trial.warm[task] = median(times)
    if isinstance(outcome, Refusal):
        raise ModelUnusable(f"The model refuses a sound picture: {outcome.detail}")
    return outcome


def _vector(outcome: object) -> Vector:
    if isinstance(outcome, np.ndarray):
        return outcome
    detail = outcome.detail if isinstance(outcome, Refusal) else "it gave no vector"
    raise ModelUnusable(f"The model refuses a sound picture: {detail}")


def _is_unit(vector: Vector) -> bool:
    return bool(abs(float(np.linalg.norm(vector)) - 1) < 1e-4)


def _jpeg(pixels: Pixels) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=90)
    return stream.getvalue()


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def _resident() -> int:
    """Memory that this process has in use, bytes; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0
