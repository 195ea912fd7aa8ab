"""What every runtime says when a batch does not fit into memory."""

from __future__ import annotations

from pinakes.core.errors import OutOfMemory


def no_memory() -> OutOfMemory:
    """The error for a batch that is too large; a smaller one may succeed."""
    return OutOfMemory(
        "The model has not enough memory for this batch.",
        remedy="Lower PINAKES_INFERENCE__MAX_BATCH, or use a smaller model.",
    )
