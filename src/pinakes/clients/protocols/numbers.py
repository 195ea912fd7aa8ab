"""Finding the rows of numbers in the JSON with which servers answer."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

#: Keys under which servers put their embeddings.
KEYS = ("embeddings", "embedding", "outputs", "predictions", "data", "result")

#: Levels at which the rows are looked for.
LEVELS = 3


def rows_of(told: Any) -> list[Any]:
    """Return the rows of numbers in an answer: bare, or under a name servers use; empty where there are none.

    A list of objects with an `index` each comes back in the order of the indices.
    """
    for _ in range(LEVELS):
        if isinstance(told, dict):
            told = next((told[key] for key in KEYS if key in told), [])
    if isinstance(told, list) and told and all(isinstance(row, dict) for row in told):
        ordered = sorted(told, key=lambda row: row.get("index", 0))
        return [numbers_of(row.get("embedding")) for row in ordered]
    return told if isinstance(told, list) else []


def numbers_of(told: Any) -> ArrayLike:
    """Return one embedding: a list of numbers, or base64 of little-endian float32."""
    if not isinstance(told, str):
        return told if isinstance(told, list) else []
    try:
        return np.frombuffer(base64.b64decode(told, validate=True), dtype="<f4")
    except (binascii.Error, ValueError):
        return []
