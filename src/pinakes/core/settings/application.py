"""Settings of the application that people and their browsers talk to."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr


class ApplicationSettings(BaseModel, frozen=True):
    """The application that people and their browsers talk to."""

    host: str = Field("127.0.0.1", description="Address the application listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port of the application.")
    api_key: SecretStr | None = Field(
        None, description="Bearer key callers must send; needed to listen beyond loopback."
    )
    roots: tuple[Path, ...] = Field(
        (),
        description="Folders that may be scanned over the API; empty: those of the command line.",
    )
    uploads: Path | None = Field(
        None,
        description="Folder that pictures added in the browser go to; empty: `uploads` in the state "
        "directory. It counts as a root once something was added.",
    )
    uploads_at_once: int = Field(8, gt=0, le=256, description="Files that may be on their way at once.")
    remembered_searches: int = Field(
        1000,
        ge=0,
        le=100_000,
        description="Past searches kept in the library, so that another model can be compared on them; 0 "
        "keeps none. They never leave this machine.",
    )
