"""Settings of where models are kept and how they are fetched."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field


class ModelSettings(BaseModel, frozen=True):
    """Where models are kept, and how they are fetched from a hub."""

    directory: Path | None = Field(
        None, description="Directory of the models; unset: `models` in the state directory."
    )
    hub: str = Field("", description="Base URL of the hub; empty: HF_ENDPOINT, else https://huggingface.co.")
    connect_seconds: float = Field(
        10.0, gt=0, le=300, description="Longest wait for the hub to take a connection, or to answer, each."
    )
    stall_seconds: float = Field(
        30.0, gt=0, le=3600, description="Longest time a download may bring nothing before it is broken off."
    )
    retries: int = Field(
        4, ge=0, le=100, description="Times a broken download is taken up again without having brought more."
    )
