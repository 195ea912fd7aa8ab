"""Torch modules to ONNX files: one graph each, with its inputs and outputs named."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinakes.core.errors import ModelUnusable

#: Version of the ONNX operators that graphs are written in; onnxruntime has read it since 1.14.
OPSET = 18

#: Bytes of weights that still go into the graph's own file, whose format ends at 2 GiB; else `.onnx.data`.
LARGEST_FILE = 15 * 2**27

#: Who reports every step of an export, and that torchvision is not there.
_CHATTY = ("torch.onnx", "onnxscript", "onnx_ir")


@dataclass(frozen=True, slots=True)
class Graph:
    """One graph to be written.

    Attributes:
        name: of the file, without its ending.
        model: the torch module whose weights the graph holds.
        run: what the graph does: the inputs, in order, to the outputs.
        inputs: an example of each, by name.
        axes: per input, the axes that may have any length.
        outputs: their names.
    """

    name: str
    model: Any
    run: Callable[..., Any]
    inputs: Mapping[str, Any]
    axes: Mapping[str, Mapping[int, Any]]
    outputs: Sequence[str]


def write(graph: Graph, folder: Path, notes: Mapping[str, str]) -> Path:
    """Write a graph with its weights as `folder/<name>.onnx`; `notes` become the graph's metadata.

    Raises:
        ModelUnusable: the module cannot be exported.
    """
    import torch

    with _quietly(), torch.inference_mode():
        try:
            program: Any = torch.onnx.export(
                _module(graph),
                tuple(graph.inputs.values()),
                dynamic_shapes=(tuple(dict(graph.axes.get(name, {})) for name in graph.inputs),),
                input_names=list(graph.inputs),
                output_names=list(graph.outputs),
                opset_version=OPSET,
                dynamo=True,
                verbose=False,
            )
        except torch.onnx.OnnxExporterError as error:
            raise ModelUnusable(f"The graph {graph.name} cannot be exported.") from error
    program.model.metadata_props.update(notes)
    file = folder / f"{graph.name}.onnx"
    program.save(file, external_data=_nbytes(graph) > LARGEST_FILE)
    return file


def _nbytes(graph: Graph) -> int:
    return sum(weights.nbytes for weights in graph.model.parameters())


def _module(graph: Graph) -> Any:
    """A module whose `forward` is the graph's function."""
    import torch

    class Exported(torch.nn.Module):  # type: ignore[misc]  # torch is an extra, unknown where it is absent
        """Holds the weights, so that the exporter finds them."""

        def __init__(self) -> None:
            super().__init__()
            self.model = graph.model

        def forward(self, *inputs: Any) -> Any:
            """What the graph does."""
            return graph.run(*inputs)

    return Exported().eval()


@contextmanager
def _quietly() -> Iterator[None]:
    """Without the exporter's remarks; what fails is raised."""
    loggers = [logging.getLogger(name) for name in _CHATTY]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
