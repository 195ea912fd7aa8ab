"""Which files of a repository belong to a model, and which are never taken."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from pinakes.core.errors import ModelUnusable

#: Endings of files that hold data only.
DATA = frozenset((".onnx", ".onnx_data", ".onnx.data", ".json", ".txt", ".safetensors", ".model"))

#: Endings of pickles, which run code when they are read.
PICKLES = frozenset((".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"))

#: Folders in which weights of a model are looked for, besides the top.
_FOLDERS = frozenset((".", "onnx", "visual", "textual"))

#: Marks of weights in another precision than float32, or that repeat others, as exporters write them.
_VARIANT = re.compile(r"_(quantized|int8|uint8|fp16|q4|q4f16|bnb4|q8|merged)$")

#: Descriptions of a repository that say nothing to a program.
_PROSE = frozenset(("README.txt", "requirements.txt", "LICENSE.txt", "licence.txt", "license.txt"))


def is_harmless(path: str) -> bool:
    """Whether a file may be taken: by its ending, and by a path that stays inside its folder."""
    place = PurePosixPath(path)
    inside = not place.is_absolute() and ".." not in place.parts and "\\" not in path and "\0" not in path
    return inside and any(place.name.endswith(ending) for ending in DATA) and not place.name.startswith(".")


def is_pickle(path: str) -> bool:
    """Whether a file may run code when it is read."""
    return PurePosixPath(path).suffix.lower() in PICKLES


def chosen(paths: Iterable[str], *, of: str, variants: bool = False) -> list[str]:
    """The files of a repository that make one model, sorted.

    ONNX is preferred to safetensors; other runtimes and code are left, and other precisions than float32
    unless `variants` are wanted too.

    Raises:
        ModelUnusable: it offers weights only as pickles, or none at all.
    """
    every = list(paths)
    usable = [path for path in every if is_harmless(path) and str(PurePosixPath(path).parent) in _FOLDERS]
    every_graph = [path for path in usable if ".onnx" in path]
    graphs = [path for path in every_graph if not _VARIANT.search(_stem(path))]
    tensors = [path for path in usable if path.endswith(".safetensors")]
    weights = every_graph if variants and every_graph else _split_graphs(graphs) or tensors
    if not weights:
        raise no_weights(of, pickled=any(is_pickle(path) for path in every))
    kept = [path for path in usable if _describes(path)]
    return sorted({*weights, *kept})


def no_weights(of: str, *, pickled: bool) -> ModelUnusable:
    """The error for a place that holds no weights that may be read."""
    if pickled:
        return ModelUnusable(
            f"{of} has its weights only as pickles (.bin, .pt), which run code when they are read.",
            remedy="Take a model in ONNX or safetensors, or convert it where you trust it.",
        )
    return ModelUnusable(
        f"{of} has no weights in ONNX or safetensors.",
        remedy="A model needs onnx/*.onnx, visual/model.onnx with textual/model.onnx, or model.safetensors.",
    )


def _split_graphs(graphs: list[str]) -> list[str]:
    # The combined graph repeats what both towers hold; taking it too would double the download.
    towers = [path for path in graphs if _stem(path) in ("vision_model", "text_model")]
    if len({_stem(path) for path in towers}) < 2:
        return graphs
    return towers


def _stem(path: str) -> str:
    return PurePosixPath(path).name.partition(".")[0]


def _describes(path: str) -> bool:
    place = PurePosixPath(path)
    return place.suffix in (".json", ".txt", ".model") and place.name not in _PROSE
