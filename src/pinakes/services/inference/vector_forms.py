"""Vectors as JSON holds them: numbers, or base64 of their bytes."""

from __future__ import annotations

import base64

import numpy as np
import orjson

from pinakes.core.types import Vector


def as_base64(vector: Vector) -> str:
    """Base64 of little-endian float32."""
    return base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")


def as_floats(vector: Vector) -> Vector:
    """The vector as `to_json` takes it: float32, without gaps."""
    return np.ascontiguousarray(vector, dtype=np.float32)


def to_json(value: object) -> bytes:
    """Write JSON; numbers of a vector in the fewest digits that give the same float32."""
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
