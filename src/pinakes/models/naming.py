"""What a model is called and does where the registry does not say."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pinakes.core.errors import InvalidRequest
from pinakes.core.types import Task
from pinakes.models.entry import NAME_PATTERN

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
    try:
        described = json.loads((folder / "config.json").read_bytes())
    except (OSError, ValueError):
        described = {}
    family = described.get("model_type", "") if isinstance(described, dict) else ""
    if kind == "onnx-captioner" or family in CAPTIONERS:
        return (Task.CAPTIONING,)
    return (Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING)
