"""Graphs with eight-bit weights, made beside the full ones, and what that costs and brings."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from pinakes.core.errors import ModelUnusable
from pinakes.core.types import Pixels, Task
from pinakes.models.base import LoadedModel, Result
from pinakes.models.layouts import graph_folder
from pinakes.models.runtimes import loading
from pinakes.models.tasks.model_directory import damaged

#: What the variant is called, in files and when a model is loaded.
VARIANT = "int8"

#: Operators whose weights are quantised; the rest of a transformer is too small to matter, or too delicate.
OPERATORS = ("MatMul", "Gemm")

#: Inputs in one call while measuring.
_BATCH = 8


@dataclass(frozen=True, slots=True)
class Loss:
    """How vectors of the quantised model agree with those of the full one: cosines, 1 for the same."""

    least: float
    fifth: float
    mean: float


@dataclass(frozen=True, slots=True)
class TaskReport:
    """One task before and after: milliseconds an input, in batches of up to 8, and what results lost.

    Attributes:
        loss: of vectors; None for captions, whose words are either the same or not.
        same: the share of captions that are, 0 to 1; None for vectors.
    """

    milliseconds_full: float
    milliseconds_quantised: float
    loss: Loss | None
    same: float | None


@dataclass(frozen=True, slots=True)
class QuantisationReport:
    """What was written and how it fares: bytes of all graphs before and after, and each task tried."""

    files: tuple[Path, ...]
    nbytes_full: int
    nbytes_quantised: int
    tasks: dict[Task, TaskReport]


def quantise(
    directory: Path, *, pictures: Sequence[Pixels], texts: Sequence[str], threads: int = 1
) -> QuantisationReport:
    """Write an `int8` variant of every full graph of the model in `directory`, and compare both.

    `pictures` (uint8 sRGB (height, width, 3)) and `texts` are what is compared on; the variant is loaded with
    `variant="int8"`. Weights become eight-bit, activations are quantised while the model runs.

    Raises:
        ModelUnusable: the model has no ONNX graphs, one is damaged, or the `quantize` extra is not installed.
    """
    folders = (graph_folder(directory), directory / "visual", directory / "textual")
    graphs = [graph for folder in folders for graph in full_graphs(folder)]
    if any(graph.stem == "encoder_model" for graph in graphs) and len(graphs) == 1:
        raise ModelUnusable(
            "A merged decoder cannot be quantised.", remedy="Get the model with decoder_model.onnx."
        )
    if not graphs:
        raise ModelUnusable("The model has no ONNX graphs to quantise.", remedy="Export it to ONNX first.")
    files = tuple(quantised(graph) for graph in graphs)
    inputs: dict[Task, Sequence[Pixels] | Sequence[str]] = {
        Task.IMAGE_EMBEDDING: pictures,
        Task.CAPTIONING: pictures,
        Task.TEXT_EMBEDDING: texts,
    }
    with _loaded(directory, "", threads) as full, _loaded(directory, VARIANT, threads) as small:
        return QuantisationReport(
            files,
            full.nbytes,
            small.nbytes,
            {task: _compared(full, small, task, inputs[task]) for task in full.tasks if inputs[task]},
        )


def full_graphs(folder: Path) -> list[Path]:
    """The graphs of full precision in a folder that are loaded: names that end in `model`, in order."""
    graphs = sorted(path for path in folder.glob("*.onnx") if path.stem.endswith("model"))
    split = [path for path in graphs if path.stem != "model"]
    return split or graphs


def quantised(graph: Path) -> Path:
    """Write the variant of one graph beside it, whole or not at all; return its path.

    Raises:
        ModelUnusable: the graph is damaged, or the `quantize` extra is not installed.
    """
    if find_spec("onnx") is None:
        raise ModelUnusable(
            "Quantising needs an extra that is not installed.",
            remedy="Install it with: pip install 'pinakes[quantize]'.",
        )
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    into = graph.with_name(f"{graph.stem}_{VARIANT}.onnx")
    with TemporaryDirectory(dir=graph.parent, prefix=".quantising-") as folder:
        try:
            model = onnx.load(graph)
            # What exporters note of the shapes inside contradicts the shapes of the quantised graph.
            del model.graph.value_info[:]
            # Without this note onnxruntime warns that the graph might be optimised further before.
            model.metadata_props.add(key="onnx.quant.pre_process", value="onnxruntime.quant")
            quantize_dynamic(
                model,
                Path(folder) / into.name,
                weight_type=QuantType.QInt8,
                op_types_to_quantize=list(OPERATORS),
                per_channel=True,
            )
        except Exception as error:  # onnx and its checkers raise nearly every class there is
            raise damaged(graph) from error
        (Path(folder) / into.name).replace(into)
    return into


@contextmanager
def _loaded(directory: Path, variant: str, threads: int) -> Iterator[LoadedModel]:
    model = loading.load(
        directory,
        name="quantised",
        revision=variant,
        decode_for=lambda _: np.zeros_like,  # what is compared has been decoded
        threads=threads,
        variant=variant,
    )
    try:
        yield model
    finally:
        model.close()


def _compared(
    full: LoadedModel, small: LoadedModel, task: Task, inputs: Sequence[Pixels] | Sequence[str]
) -> TaskReport:
    (before, slow), (after, fast) = (_timed(model, task, inputs) for model in (full, small))
    if task is Task.CAPTIONING:
        same = float(np.mean([one == other for one, other in zip(before, after, strict=True)]))
        return TaskReport(slow, fast, None, same)
    return TaskReport(slow, fast, _loss(before, after), None)


def _timed(
    model: LoadedModel, task: Task, inputs: Sequence[Pixels] | Sequence[str]
) -> tuple[list[Result], float]:
    """Results of all inputs, and the milliseconds that the model took for each."""
    side = model.tasks[task]
    prepared = [side.preprocess(item) for item in inputs]
    batches = [prepared[start : start + _BATCH] for start in range(0, len(prepared), _BATCH)]
    side.infer(batches[0])  # the first call also reserves memory
    begun = time.perf_counter()
    inferred = [side.infer(batch) for batch in batches]
    taken = time.perf_counter() - begun
    return [result for part in inferred for result in side.postprocess(part)], 1000 * taken / len(prepared)


def _loss(before: Sequence[Result], after: Sequence[Result]) -> Loss:
    cosines = np.sum(np.array(before) * np.array(after), axis=1)
    return Loss(float(cosines.min()), float(np.percentile(cosines, 5)), float(cosines.mean()))
