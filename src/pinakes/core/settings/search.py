"""Settings of the search service that several backends may share."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr

from pinakes.core.settings.inference import KeySettings


class SearchSettings(BaseModel, frozen=True):
    """The search service: where it listens, whose pictures it may read, and what it accepts at once."""

    host: str = Field("127.0.0.1", description="Address the search service listens on.")
    port: int = Field(5000, ge=0, le=65535, description="Port of the search service.")
    api_key: SecretStr | None = Field(
        None,
        description="Bearer key callers must send, whose indexes are those made without a key; a key is "
        "needed to listen beyond loopback.",
    )
    keys: tuple[KeySettings, ...] = Field(
        (), description="Keys of further backends, each with indexes of its own; see `pinakes keys new`."
    )
    keys_file: Path | None = Field(None, description="JSON file with a list of further keys.")
    image_root: Path | None = Field(
        None,
        description="Directory that paths of pictures are relative to; unset: the working directory.",
    )
    max_images: int = Field(1000, gt=0, le=10_000, description="Most images in one request.")
    max_searches: int = Field(32, gt=0, description="Searches at once; beyond it requests get 429.")
    max_writes: int = Field(
        8,
        gt=0,
        description="Requests at once that embed, and as many that make or delete; beyond it they get 429.",
    )
    seconds: float = Field(
        300.0, gt=0, description="Time a request that embeds may take before it is answered 504."
    )
    drain_seconds: float = Field(20.0, ge=0, description="Time given to accepted requests on SIGTERM.")
