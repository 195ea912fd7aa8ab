"""The work of measuring a model where it is served: loading, pictures alone and among many, words, memory."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from PIL import Image

from pinakes.clients.client import Client
from pinakes.core.errors import DeadlineExceeded, ModelUnusable
from pinakes.core.types import Refusal, Task
from pinakes.jobs.turn import Turn, Work
from pinakes.schemas.known_models import ModelMeasurement
from pinakes.schemas.models import ModelDetail
from pinakes.services.models.measurements import keep
from pinakes.services.models.served import ServedModels, served_models
from pinakes.services.opened import Library

#: Kind of these jobs.
KIND = "measure"

#: Longest wait for a model to be loaded, and time between two looks, seconds.
LOAD_SECONDS, LOOK_SECONDS = 600.0, 0.1

#: Calls of each measurement, or time, seconds, whichever ends first; the first call is not counted.
CALLS, CALL_SECONDS = 8, 4.0

#: Pictures of one call that measures many.
MANY = 32

#: Size of the pictures, width and height in pixels: so small that models differ, not decoders.
SIZE = (640, 480)

#: Words that are embedded, each time with a number, so that no cache answers.
WORDS = "a photograph of a red door"


def asked_of(model: str) -> dict[str, Any]:
    """What a job keeps of what was asked."""
    return {"model": model}


def measure_work(library: Library) -> Work:
    """Make what a job of kind `measure` does; seconds, a minute for a large model."""

    def work(turn: Turn) -> dict[str, Any]:
        name = turn.about["model"]
        client = library.settings.client
        with served_models(client) as served:
            turn.advance("loading the model", 0, len(_STEPS))
            grown, detail = _loaded(turn, served, name)
        pinned = client.model_copy(
            update={"model": f"{detail.name}@{detail.revision}", "send": "files", "priority": "normal"}
        )
        with Client(served.url, pinned) as asked:
            measured = ModelMeasurement(
                measured_at=time.time(),
                revision=detail.revision,
                load_seconds=detail.load_seconds,
                weights_bytes=detail.bytes,
                memory_bytes=grown,
                **_measured(turn, asked, detail),
            )
        keep(library.engine, detail.name, measured)
        return {"measured": measured.model_dump()}

    return work


def _loaded(turn: Turn, served: ServedModels, name: str) -> tuple[int | None, ModelDetail]:
    """By how many bytes the service grew, None where the model was there already, and the model."""
    before = served.every().memory_bytes
    detail = served.detail(name)
    if detail.state == "ready":
        return None, detail
    detail = served.load(name)
    until = time.monotonic() + LOAD_SECONDS
    while detail.state not in ("ready", "failed", "failing"):
        if time.monotonic() > until:
            raise DeadlineExceeded(f"{name} was not loaded in {LOAD_SECONDS:g} s.")
        turn.wait(f"{name} is being loaded.", LOOK_SECONDS)
        detail = served.detail(name)
    if detail.state != "ready":
        raise ModelUnusable(f"{name} cannot be loaded: {detail.failure}")
    after = served.every().memory_bytes
    return (max(0, after - before) if before and after else None), detail


def _measured(turn: Turn, asked: Client, detail: ModelDetail) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for place, (field, step) in enumerate(_STEPS.items()):
        turn.advance(step.phase, place, len(_STEPS))
        found[field] = _milliseconds(turn, asked, detail, step)
    return found


def _milliseconds(turn: Turn, asked: Client, detail: ModelDetail, step: _Step) -> float | None:
    """The median time of one item; None where the model has no such task."""
    if step.task not in detail.tasks:
        return None
    times: list[float] = []
    for number in range(CALLS + 1):
        items = step.items(number)
        turn.check()
        began = time.perf_counter()
        outcomes = step.call(asked, items)
        if refused := next((each for each in outcomes if isinstance(each, Refusal)), None):
            raise ModelUnusable(f"{detail.name} refuses what is sound: {refused.detail}")
        if number:
            times.append(time.perf_counter() - began)
        if sum(times) > CALL_SECONDS:
            break
    return round(1000 * median(times) / len(items), 3)


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing that is measured: of which task, what each call is given, and how it is asked."""

    task: Task
    phase: str
    items: Callable[[int], Sequence[Any]]
    call: Callable[[Client, Sequence[Any]], Sequence[Any]]


def _picture(seed: int) -> bytes:
    """A JPEG file, each time another, so that no cache answers."""
    rng = np.random.default_rng([seed, time.time_ns()])
    coarse = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
    image = Image.fromarray(coarse).resize(SIZE, Image.Resampling.BICUBIC)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=85)
    return stream.getvalue()


#: What is measured, by the field it is told in; the first call of each is not counted.
_STEPS = {
    "picture_milliseconds": _Step(
        Task.IMAGE_EMBEDDING,
        "embedding one picture at a time",
        lambda number: [_picture(number)],
        lambda client, items: client.embed(items),
    ),
    "batch_milliseconds": _Step(
        Task.IMAGE_EMBEDDING,
        "embedding many pictures at once",
        lambda number: [_picture(seed) for seed in range(MANY * number, MANY * (number + 1))],
        lambda client, items: client.embed(items),
    ),
    "text_milliseconds": _Step(
        Task.TEXT_EMBEDDING,
        "embedding words",
        lambda number: [f"{WORDS} {number} {time.time_ns()}"],
        lambda client, items: client.embed_texts(items),
    ),
    "caption_milliseconds": _Step(
        Task.CAPTIONING,
        "describing a picture",
        lambda number: [_picture(number)],
        lambda client, items: client.caption(items),
    ),
}
