"""Vectors to OpenAI's JSON."""

from __future__ import annotations

from collections.abc import Callable

from pinakes.core.types import Vector
from pinakes.services.inference.asked import Embedded
from pinakes.services.inference.vector_forms import as_base64, as_floats, to_json

#: How a vector is written, by the name that callers give it.
ENCODINGS: dict[str, Callable[[Vector], object]] = {"float": as_floats, "base64": as_base64}


def write(encoding: str, embedded: Embedded) -> bytes:
    """Return the body of an answer; beyond OpenAI's keys it says what vectors may be compared by."""
    encode = ENCODINGS[encoding]
    identity = embedded.identity
    return to_json(
        {
            "object": "list",
            "data": [
                {"object": "embedding", "index": index, "embedding": encode(vector)}
                for index, vector in enumerate(embedded.vectors)
            ],
            "model": identity.name,
            "usage": {"prompt_tokens": embedded.tokens, "total_tokens": embedded.tokens},
            "normalised": True,
            "revision": identity.revision,
            "preprocess": identity.preprocess,
            "dimensions": identity.dimensions,
        }
    )
