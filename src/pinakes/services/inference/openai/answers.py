"""Vectors to OpenAI's JSON."""

from __future__ import annotations

import base64
from collections.abc import Callable

import numpy as np
import orjson

from pinakes.core.types import Vector
from pinakes.services.inference.asked import Embedded


def as_base64(vector: Vector) -> str:
    """Base64 of little-endian float32, as the SDK reads it."""
    return base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")


def as_floats(vector: Vector) -> Vector:
    """The vector as orjson writes it: each number in the fewest digits that give the same float32."""
    return np.ascontiguousarray(vector, dtype=np.float32)


#: How a vector is written, by the name that callers give it.
ENCODINGS: dict[str, Callable[[Vector], object]] = {"float": as_floats, "base64": as_base64}


def write(encoding: str, embedded: Embedded) -> bytes:
    """Return the body of an answer; beyond OpenAI's keys it says what vectors may be compared by."""
    encode = ENCODINGS[encoding]
    return orjson.dumps(
        {
            "object": "list",
            "data": [
                {"object": "embedding", "index": index, "embedding": encode(vector)}
                for index, vector in enumerate(embedded.vectors)
            ],
            "model": embedded.identity.name,
            "usage": {"prompt_tokens": embedded.tokens, "total_tokens": embedded.tokens},
            "normalised": True,
            "revision": embedded.identity.revision,
            "preprocess": embedded.identity.preprocess,
            "dimensions": embedded.identity.dimensions,
        },
        option=orjson.OPT_SERIALIZE_NUMPY,
    )
