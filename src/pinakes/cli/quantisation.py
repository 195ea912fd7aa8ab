"""Making a smaller variant of an installed model, and saying what it gains and what it loses."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pinakes.cli import output
from pinakes.cli.checks import samples
from pinakes.core.errors import ImageRefused, InvalidRequest
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Pixels
from pinakes.images.decode import decode_at_least
from pinakes.models.store.store import Installed, Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pinakes.models.exporting.quantising import QuantisationReport, TaskReport

#: Most pictures of a folder that are compared, and how many are painted where no folder is given.
MOST_PICTURES, PAINTED = 64, 24

#: Shorter side to which pictures are decoded: at least what any model of the registry looks at.
SHORT_SIDE = 512

#: Words that are compared: short and long, of things, people and moods.
TEXTS = (
    "a dog",
    "two children on a beach at sunset",
    "a red car parked in front of a brick house",
    "a plate of food on a wooden table",
    "portrait of an old woman, black and white",
    "mountains with snow under a blue sky",
    "a screenshot of a web page",
    "a crowded street at night in the rain, with neon signs and people holding umbrellas",
    "birthday cake with candles",
    "an empty room",
    "a cat sleeping on a sofa",
    "wedding",
)


def quantised(
    store: Store, model: Installed, folder: Path | None, *, limits: ImageLimits, threads: int
) -> QuantisationReport:
    """Make the int8 variant of a model and note its files in the store; the caller holds the model's lock.

    Raises:
        InvalidRequest: the folder holds no picture that can be read.
        ModelUnusable: the model has no ONNX form, or the extra `quantize` is not installed.
    """
    from pinakes.models.exporting.quantising import quantise

    if folder is None:
        pictures = [samples.scene(seed) for seed in range(PAINTED)]
    else:
        pictures = list(islice(_pictures(folder, limits), MOST_PICTURES))
        if not pictures:
            raise InvalidRequest(f"{folder} holds no picture that can be read.")
    report = quantise(model.path, pictures=pictures, texts=TEXTS, threads=threads)
    store.record(model, list(report.files))
    return report


def write(report: QuantisationReport) -> None:
    """Print the report for a person."""
    full, small = output.size(report.nbytes_full), output.size(report.nbytes_quantised)
    output.write_line(f"int8 variant: {small} instead of {full}")
    for task, seen in report.tasks.items():
        times = f"{seen.milliseconds_quantised:.1f} ms instead of {seen.milliseconds_full:.1f} ms"
        output.write_line(f"  {task:<16} {times}; {_agreement(seen)}")


def as_json(report: QuantisationReport) -> dict[str, Any]:
    """The report for programs; milliseconds an input, bytes, cosines, or the share of captions that stay."""
    return {
        "variant": "int8",
        "files": [path.name for path in report.files],
        "bytes": {"full": report.nbytes_full, "quantised": report.nbytes_quantised},
        "tasks": {task: _task_as_json(seen) for task, seen in report.tasks.items()},
    }


def _agreement(seen: TaskReport) -> str:
    if seen.loss is None:
        return f"the same words for {100 * (seen.same or 0):.0f} % of the pictures"
    loss = seen.loss
    cosines = f"least {loss.least:.4f}, 5 % below {loss.fifth:.4f}, mean {loss.mean:.4f}"
    return f"cosine with the full model: {cosines}"


def _task_as_json(seen: TaskReport) -> dict[str, Any]:
    milliseconds = {"full": seen.milliseconds_full, "quantised": seen.milliseconds_quantised}
    if seen.loss is None:
        return {"milliseconds": milliseconds, "same": seen.same}
    loss = seen.loss
    cosine = {"least": loss.least, "fifth_percentile": loss.fifth, "mean": loss.mean}
    return {"milliseconds": milliseconds, "cosine": cosine}


def _pictures(folder: Path, limits: ImageLimits) -> Iterator[Pixels]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size <= limits.max_bytes:
            try:
                yield decode_at_least(
                    path.read_bytes(), short_side=SHORT_SIDE, limits=limits, suffix=path.suffix
                )
            except (ImageRefused, OSError):
                continue
