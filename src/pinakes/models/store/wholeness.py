"""Whether the files of a model are all there and are what their names say, before they are taken in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from pinakes.core.errors import ModelUnusable
from pinakes.models.store.onnx_reading import outside_weights

#: How git begins the note that it leaves in the place of a large file that was not fetched.
_POINTER = b"version https://git-lfs.github.com/spec/"

#: Bytes that give the length of the description at the head of a safetensors file, and its greatest length.
_HEAD, _LONGEST_HEAD = 8, 100 * 2**20


#: Names the files of weights that are in several.
INDEX = "model.safetensors.index.json"


def require_whole(folder: Path, paths: Sequence[str]) -> None:
    """Refuse files that were cut off, not fetched, or are something else; weights are not read through.

    Raises:
        ModelUnusable: a file is so; the message names it and says what it is.
    """
    for path in paths:
        _require_fetched(folder, path)
        if path.endswith(".json"):
            _require_json(folder, path)
        elif path.endswith(".safetensors"):
            _require_tensors(folder, path)
    for path in sorted({*weights_beside(folder, paths), *_shards(folder, paths)} - set(paths)):
        raise ModelUnusable(f"{folder} lacks {path}, which holds weights.", remedy="Copy all of its files.")


def weights_beside(folder: Path, paths: Iterable[str]) -> list[str]:
    """The files beside the graphs among `paths` that hold more of their weights, there or not.

    Raises:
        ModelUnusable: a graph is damaged, or names a file outside its own folder.
    """
    found: list[str] = []
    for path in (path for path in paths if path.endswith(".onnx")):
        _require_fetched(folder, path)
        try:
            named = outside_weights(folder / path)
        except ValueError as error:
            raise _not_whole(folder, path, str(error)) from error
        if any(PurePosixPath(name).name != name for name in named):
            raise ModelUnusable(
                f"{folder / path} looks for weights outside its own folder.",
                remedy="Do not use it, unless you know who made it; then save it with its weights beside it.",
            )
        found += [PurePosixPath(path).with_name(name).as_posix() for name in named]
    return found


def _require_fetched(folder: Path, path: str) -> None:
    with (folder / path).open("rb") as file:
        if file.read(len(_POINTER)) == _POINTER:
            raise ModelUnusable(
                f"{folder / path} is only git's note of where the file is.",
                remedy="Run `git lfs pull` in that folder, and import it again.",
            )


def _require_json(folder: Path, path: str) -> None:
    try:
        json.loads((folder / path).read_bytes())
    except ValueError as error:
        raise _not_whole(folder, path, "it is no JSON") from error


def _require_tensors(folder: Path, path: str) -> None:
    nbytes = (folder / path).stat().st_size
    with (folder / path).open("rb") as file:
        length = int.from_bytes(file.read(_HEAD), "little")
        described = file.read(min(length, _LONGEST_HEAD))
    try:
        tensors = json.loads(described)
        ends = [tensors[name]["data_offsets"][1] for name in tensors if name != "__metadata__"]
        whole = _HEAD + length + max(ends, default=0) == nbytes
    except (ValueError, TypeError, LookupError) as error:
        raise _not_whole(folder, path, "it is no safetensors file") from error
    if not whole:
        raise _not_whole(folder, path, "it has another length than its head says")


def _shards(folder: Path, paths: Sequence[str]) -> set[str]:
    """The files that weights in several safetensors are in, as their index says."""
    if INDEX not in paths or not any(path.endswith(".safetensors") for path in paths):
        return set()
    try:
        return set(json.loads((folder / INDEX).read_bytes())["weight_map"].values())
    except (TypeError, LookupError, AttributeError) as error:
        raise _not_whole(folder, INDEX, "it names no files") from error


def _not_whole(folder: Path, path: str, why: str) -> ModelUnusable:
    return ModelUnusable(
        f"{folder / path} is damaged, or was not copied to its end: {why}.", remedy="Copy or fetch it again."
    )
