"""Settings of the search service that several backends may share."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr


class SearchSettings(BaseModel, frozen=True):
    """The search service: where it listens, and whose pictures it may read."""

    host: str = Field("127.0.0.1", description="Address the search service listens on.")
    port: int = Field(5000, ge=0, le=65535, description="Port of the search service.")
    api_key: SecretStr | None = Field(
        None, description="Bearer key callers must send; needed to listen beyond loopback."
    )
    image_root: Path | None = Field(
        None,
        description="Directory that paths of pictures are relative to; unset: the working directory.",
    )
