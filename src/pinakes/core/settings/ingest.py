"""Settings of the ingestion service and its steps."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr


class IngestSettings(BaseModel, frozen=True):
    """The ingestion service: where it listens, and which steps a picture goes through."""

    host: str = Field("127.0.0.1", description="Address the ingestion service listens on.")
    port: int = Field(8002, ge=0, le=65535, description="Port of the ingestion service.")
    api_key: SecretStr | None = Field(
        None, description="Bearer key callers must send; needed to listen beyond loopback."
    )
    roots: tuple[Path, ...] = Field(
        (), description="Folders that may be ingested over the API; empty: those of the command line."
    )
    embed: bool = Field(True, description="Embed pictures, so that words and pictures find them.")
    caption: bool = Field(True, description="Describe pictures where a model that captions is installed.")
    read_text: bool = Field(True, description="Read the text in pictures where the extra `ocr` is installed.")
    engine: Literal["built-in", "ray"] = Field(
        "built-in", description="What decodes: processes of this machine, or a Ray cluster (extra `ray`)."
    )
    ray_address: str = Field(
        "",
        description="Address of the cluster, as Ray names it (auto, host:6379); empty: one of this machine, "
        "for the time of a scan.",
    )
    ray_send_bytes: bool = Field(
        False, description="Send files to the cluster, which else must see them at the same paths."
    )
    ray_seconds: float = Field(
        300.0, gt=0, description="Longest time the cluster may finish nothing, before a scan gives up."
    )
    unit: int = Field(64, gt=0, le=4096, description="Pictures whose vectors and rows are stored together.")
