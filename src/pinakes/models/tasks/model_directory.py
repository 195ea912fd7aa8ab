"""Files of a model's directory, read with errors that name the file and say what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pinakes.core.errors import ModelUnusable

#: What a parsed settings file of a model is.
Config = Mapping[str, Any]

_PULL_AGAIN = "Get the model again, with all its files."


def required(path: Path) -> Path:
    """The path, if there is a file.

    Raises:
        ModelUnusable: there is none.
    """
    if not path.is_file():
        where = path.parent.name
        raise ModelUnusable(f"The model lacks the file {where}/{path.name}.", remedy=_PULL_AGAIN)
    return path


def read_config(path: Path) -> Config:
    """The JSON object in a file.

    Raises:
        ModelUnusable: there is no such file, or it holds no JSON object.
    """
    try:
        config = json.loads(required(path).read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise damaged(path) from error
    if not isinstance(config, dict):
        raise damaged(path)
    return config


def optional_config(path: Path) -> Config:
    """The JSON object in a file; empty where there is no file."""
    return read_config(path) if path.is_file() else {}


def picture_config(directory: Path) -> Config:
    """How the model's pictures are prepared: `preprocessor_config.json`, or its newer form.

    Raises:
        ModelUnusable: there is neither, or it is damaged.
    """
    newer = optional_config(directory / "processor_config.json").get("image_processor")
    older = directory / "preprocessor_config.json"
    return newer if isinstance(newer, dict) and not older.is_file() else read_config(older)


def damaged(path: Path) -> ModelUnusable:
    """The error for a file that is there but cannot be read."""
    return ModelUnusable(f"The model's file {path.parent.name}/{path.name} is damaged.", remedy=_PULL_AGAIN)
