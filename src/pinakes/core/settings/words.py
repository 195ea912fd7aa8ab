"""Settings of where words are kept and how they are searched."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr


class WordSettings(BaseModel, frozen=True):
    """Where names, captions, tags and other words are kept for searching."""

    driver: Literal["sqlite", "postgres", "memory"] = Field(
        "sqlite",
        description="Keep words in a file of SQLite, in PostgreSQL, or in memory until the process ends.",
    )
    file: Path | None = Field(
        None, description="File of the SQLite driver; unset: `words.sqlite3` in the state directory."
    )
    postgres_url: SecretStr | None = Field(
        None, description="Address of the PostgreSQL database; unset: that of the vectors."
    )
    seconds: float = Field(10.0, gt=0, le=3600, description="Time one question may take.")
    connections: int = Field(8, gt=0, le=1000, description="Connections to PostgreSQL at once.")
