"""What paths say of one another by themselves; nothing is looked up."""

from __future__ import annotations


def is_under(path: str, folder: str) -> bool:
    """Whether an absolute path is `folder` or lies below it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")
