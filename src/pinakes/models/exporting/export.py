"""Weights in the layout of transformers to ONNX graphs that run without torch."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pinakes.core.errors import ModelUnusable
from pinakes.models.exporting import captioner as exporting_captioner
from pinakes.models.exporting import dual_encoder as exporting_dual_encoder
from pinakes.models.exporting import onnx_writing
from pinakes.models.exporting.onnx_writing import Graph
from pinakes.models.runtimes import transformers_weights
from pinakes.models.tasks import logit_scale
from pinakes.models.tasks.model_directory import read_config

#: Files that describe a model; those that there are lie beside its graphs afterwards.
DESCRIPTIONS = (
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
)

#: The graphs of each kind of model.
_GRAPHS: Mapping[str, Callable[[Any], Iterator[Graph]]] = {
    "clip": exporting_dual_encoder.graphs_of,
    "siglip": exporting_dual_encoder.graphs_of,
    "blip": exporting_captioner.graphs_of,
}


def export_onnx(directory: Path, into: Path) -> list[Path]:
    """Write the model in `directory` (CLIP, SigLIP or BLIP) to `into` as `onnx/*.onnx`; return the graphs.

    Takes the `transformers` extra and memory for the weights thrice.

    Raises:
        ModelUnusable: the model is of another kind, or damaged, or the extra is not installed.
    """
    kind = str(read_config(directory / "config.json").get("model_type"))
    if kind not in _GRAPHS:
        raise ModelUnusable(
            f"Models of the kind {kind!r} cannot be exported here.",
            remedy=f"Export one of these kinds: {', '.join(_GRAPHS)}.",
        )
    model = transformers_weights.read_weights(directory)
    logits = transformers_weights.logits_of(model)
    notes = logit_scale.notes(logits) if logits else {}
    folder = into / "onnx"
    folder.mkdir(parents=True, exist_ok=True)
    for name in DESCRIPTIONS:
        if (directory / name).is_file():
            shutil.copyfile(directory / name, into / name)
    return [onnx_writing.write(graph, folder, notes) for graph in _GRAPHS[kind](model)]
