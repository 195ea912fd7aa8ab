"""How a model's files are laid out, told by their paths alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from pathlib import Path, PurePosixPath

#: Where graphs lie in layouts of the hub, best first: transformers.js keeps them in a folder of their own,
#: optimum writes them beside everything else.
GRAPH_FOLDERS = ("onnx", ".")


class Layout(StrEnum):
    """How a model's files are laid out."""

    OPTIMUM = "onnx-dual-encoder"
    IMMICH = "open-clip-onnx"
    CAPTIONER = "onnx-captioner"
    TRANSFORMERS = "transformers"


#: Files that describe a model, each with what may stand in its place.
_OF_TRANSFORMERS = (
    ("config.json",),
    ("preprocessor_config.json", "processor_config.json"),
    ("tokenizer.json",),
)
_DESCRIPTIONS = {
    Layout.OPTIMUM: _OF_TRANSFORMERS,
    Layout.IMMICH: (("visual/preprocess_cfg.json",), ("textual/tokenizer.json",)),
    Layout.CAPTIONER: _OF_TRANSFORMERS,
    Layout.TRANSFORMERS: _OF_TRANSFORMERS,
}


def layout_of(paths: Iterable[str]) -> Layout | None:
    """The layout of a model with these files; ONNX goes before weights that need torch. None: not known."""
    places = [PurePosixPath(path) for path in paths]
    graphs = [place for place in places if place.suffix == ".onnx"]
    if _stems(graphs, "visual", "model"):
        return Layout.IMMICH
    for folder in GRAPH_FOLDERS:
        if _stems(graphs, folder, "encoder_model"):
            return Layout.CAPTIONER
        if _stems(graphs, folder, "model", "vision_model", "text_model"):
            return Layout.OPTIMUM
    tensors = (place.name for place in places if str(place.parent) == "." and place.suffix == ".safetensors")
    return Layout.TRANSFORMERS if any(name.startswith("model") for name in tensors) else None


def lacking(layout: Layout, paths: Collection[str]) -> list[str]:
    """The files that a model of this layout needs beside its weights, and that are not among `paths`."""
    return [any_of[0] for any_of in _DESCRIPTIONS[layout] if not any(path in paths for path in any_of)]


def is_described(paths: Collection[str]) -> bool:
    """Whether these are the files of a model in a known layout, with all that describes it."""
    layout = layout_of(paths)
    return layout is not None and not lacking(layout, paths)


def paths_in(directory: Path) -> list[str]:
    """Every file below a directory, as a path inside it."""
    return [path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()]


def graph_folder(directory: Path) -> Path:
    """The folder that holds a model's graphs in layouts of the hub."""
    folders = [directory / name for name in GRAPH_FOLDERS]
    return next((folder for folder in folders if any(folder.glob("*.onnx"))), folders[0])


def _stems(graphs: Iterable[PurePosixPath], folder: str, *stems: str) -> bool:
    """Whether a folder holds a graph of one of these names, in whatever precision."""
    return any(str(graph.parent) == folder and graph.name.startswith(stems) for graph in graphs)
