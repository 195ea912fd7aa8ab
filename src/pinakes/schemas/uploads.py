"""What is told of pictures that are added."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class UploadTerms(BaseModel, frozen=True):
    """Where added pictures go, and what is taken."""

    folder: str
    max_bytes: int = Field(description="Largest file that is taken.")
    at_once: int = Field(description="Files that may be on their way at once; more are told to wait.")
    videos: tuple[str, ...] = Field(description="Suffixes of videos, which are not taken.")
    sidecars: tuple[str, ...] = Field(
        description="Suffixes of what belongs to a picture; of these only .xmp is taken, beside its picture."
    )


class Upload(BaseModel, frozen=True):
    """What became of a file."""

    outcome: Literal["added", "known"] = Field(description="known: the library has its content already.")
    path: str = Field(description="File that has the content now.")
    asset: int | None = Field(description="Its number; null until it is ingested.")
    sha256: str
    bytes: int
