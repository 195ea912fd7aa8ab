"""What a model is called, does and gives where the registry does not say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from pinakes.core.errors import InvalidRequest
from pinakes.core.types import Task
from pinakes.models.registry.entry import NAME_PATTERN

#: `model_type` of models that write captions.
CAPTIONERS = frozenset(("blip", "blip-2", "vision-encoder-decoder"))


def default_name(source: str) -> str:
    """The last part of a repository's or folder's name in the letters that a model's may have.

    Raises:
        InvalidRequest: no name can be made of it.
    """
    last = source.rstrip("/").rpartition("/")[2].lower()
    return checked(re.sub(r"[^a-z0-9._-]+", "-", last).strip("-._"))


def checked(name: str) -> str:
    """The name, if a model may be called so.

    Raises:
        InvalidRequest: it has other signs than small letters, digits, dot, dash and underscore.
    """
    if not re.match(NAME_PATTERN, name):
        raise InvalidRequest(
            f"A model cannot be called {name!r}: small letters, digits, '.', '-' and '_' make a name.",
            remedy="Give it one with --name.",
        )
    return name


def tasks_of(folder: Path, kind: str) -> tuple[Task, ...]:
    """What a model that the registry does not know seems to do, by its layout and its own description."""
    if kind == "onnx-captioner" or _config(folder).get("model_type") in CAPTIONERS:
        return (Task.CAPTIONING,)
    return (Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING)


def dimensions_of(folder: Path) -> int:
    """Length of the vectors that a model's own description promises; 0 where it promises none."""
    config = _config(folder)
    if config.get("model_type") in CAPTIONERS:
        return 0
    vision = config.get("vision_config")
    told = [config.get("embed_dim"), config.get("projection_dim")]
    told += [vision.get("hidden_size")] if isinstance(vision, dict) else []
    return next((length for length in told if isinstance(length, int) and length > 0), 0)


def _config(folder: Path) -> dict[str, Any]:
    try:
        read = json.loads((folder / "config.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
