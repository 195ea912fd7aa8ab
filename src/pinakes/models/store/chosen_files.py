"""Which files of a repository belong to a model, and which are never taken."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from pinakes.core.errors import ModelUnusable
from pinakes.models.layouts import GRAPH_FOLDERS

#: Endings of files that hold data only; weights beside a graph may be in several files.
_DATA = re.compile(r"\.(onnx([._]data(_\d+)?)?|json|txt|safetensors|model)$")

#: Endings of pickles, which run code when they are read.
PICKLES = frozenset((".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"))

#: Folders in which weights of a model are looked for, besides the top.
_FOLDERS = frozenset((*GRAPH_FOLDERS, "visual", "textual"))

#: Marks of weights in another precision than float32, as exporters write them; the nearest to it first.
PRECISIONS = ("fp16", "int8", "quantized", "q8", "uint8", "q4f16", "q4", "bnb4")
_VARIANT = re.compile(rf"_({'|'.join(PRECISIONS)})$")

#: Weights in the layout of transformers: whole or in shards, in full precision. Not `open_clip_model`, which
#: repeats them for another library.
_TENSORS = re.compile(r"model(-\d+-of-\d+)?\.safetensors$")

#: Descriptions of a repository that say nothing to a program.
_PROSE = frozenset(("README.txt", "requirements.txt", "LICENSE.txt", "licence.txt", "license.txt"))


def is_harmless(path: str) -> bool:
    """Whether a file may be taken: by its ending, and by a path that stays inside its folder."""
    place = PurePosixPath(path)
    inside = not place.is_absolute() and ".." not in place.parts and "\\" not in path and "\0" not in path
    return inside and bool(_DATA.search(place.name)) and not place.name.startswith(".")


def is_pickle(path: str) -> bool:
    """Whether a file may run code when it is read."""
    return PurePosixPath(path).suffix.lower() in PICKLES


def is_weights(path: str) -> bool:
    """Whether a file holds weights, or a graph of them."""
    return ".onnx" in path or path.endswith(".safetensors")


def chosen(paths: Iterable[str], *, of: str, variants: bool = False) -> list[str]:
    """The files of a repository that make one model, sorted.

    ONNX is preferred to safetensors; other runtimes and code are left, and other precisions than float32
    unless `variants` are wanted too, or there is nothing else.

    Raises:
        ModelUnusable: it offers weights only as pickles, or none at all.
    """
    every = list(paths)
    usable = [path for path in every if is_harmless(path) and str(PurePosixPath(path).parent) in _FOLDERS]
    graphs = _of_one_layout([path for path in usable if ".onnx" in path])
    tensors = [path for path in usable if _TENSORS.fullmatch(path)]
    weights = graphs if variants and graphs else _of_full_precision(graphs) or tensors or _nearest(graphs)
    if not weights:
        raise no_weights(of, every)
    kept = [path for path in usable if _describes(path)]
    return sorted({*weights, *kept})


def no_weights(of: str, paths: Iterable[str]) -> ModelUnusable:
    """The error for a place whose files are no weights that may be read; says what they are instead."""
    every = list(paths)
    if any(is_pickle(path) for path in every):
        return ModelUnusable(
            f"{of} has its weights only as pickles (.bin, .pt), which run code when they are read.",
            remedy="Take a model in ONNX or safetensors, or convert it where you trust it.",
        )
    if any(PurePosixPath(path).name == "open_clip_model.safetensors" for path in every):
        return ModelUnusable(
            f"{of} has its weights in open_clip's own form, which is not read here.",
            remedy="Take the same model from immich-app, Xenova or onnx-community, whose graphs are.",
        )
    return ModelUnusable(
        f"{of} holds no model of a known layout: no weights in ONNX or safetensors.",
        remedy="A model needs vision_model.onnx with text_model.onnx, model.onnx, encoder_model.onnx with "
        "decoder_model.onnx, visual/model.onnx with textual/model.onnx, or model.safetensors.",
    )


def _of_one_layout(graphs: list[str]) -> list[str]:
    """The graphs of the first folders that hold any; another folder's are the same model once more."""
    for folders in (("visual", "textual"), *((folder,) for folder in GRAPH_FOLDERS)):
        if found := [path for path in graphs if str(PurePosixPath(path).parent) in folders]:
            return found
    return []


def _of_full_precision(graphs: list[str]) -> list[str]:
    """The graphs without those that repeat what others hold: taking them too would double the download."""
    full = [path for path in graphs if not _VARIANT.search(_stem(path))]
    towers = [path for path in full if _stem(path) in ("vision_model", "text_model")]
    if len({_stem(path) for path in towers}) == 2:
        return towers
    stems = {_stem(path) for path in full}
    return [path for path in full if _stem(path).removesuffix("_merged") not in stems - {_stem(path)}]


def _nearest(graphs: list[str]) -> list[str]:
    """The graphs of the precision that comes nearest to float32."""
    for precision in PRECISIONS:
        if found := [path for path in graphs if _stem(path).endswith(f"_{precision}")]:
            return found
    return []


def _stem(path: str) -> str:
    return PurePosixPath(path).name.partition(".")[0]


def _describes(path: str) -> bool:
    place = PurePosixPath(path)
    return place.suffix in (".json", ".txt", ".model") and place.name not in _PROSE
