"""Column types that keep file names and moments exactly as they are."""

from __future__ import annotations

import os
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator


class PathBytes(TypeDecorator[str]):
    """An absolute path as the file system's own bytes, so that names that are no UTF-8 survive.

    In Python it is a `str` with surrogate escapes, as `os.fsdecode` gives.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> bytes | None:
        """Encode for the database."""
        return None if value is None else os.fsencode(value)

    def process_result_value(self, value: bytes | None, dialect: Any) -> str | None:
        """Decode from the database."""
        return None if value is None else os.fsdecode(value)
