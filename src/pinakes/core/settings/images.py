"""Settings of how pictures are read and folders walked."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ImageLimits(BaseModel, frozen=True):
    """What a single picture may cost; checked before it is decoded wherever its header tells."""

    max_bytes: int = Field(512 * 2**20, gt=0, description="Largest file that is read, in bytes.")
    max_pixels: int = Field(
        250_000_000, gt=0, description="Largest picture that is decoded, in pixels (width × height)."
    )
    seconds: float = Field(60.0, gt=0, description="Longest time one picture may take to decode.")
    worker_memory: int = Field(
        3 * 2**30, ge=2**28, description="Memory one decoding process may take for pictures, in bytes."
    )


class ScanSettings(BaseModel, frozen=True):
    """How folders are walked and read."""

    workers: int = Field(0, ge=0, description="Decoding processes; 0 means one per processor core.")
    exclude: tuple[str, ...] = Field((), description="Name or path patterns that are never scanned.")
