"""What /embed takes and answers, for the OpenAPI description: the parts a signature cannot say."""

from __future__ import annotations

from typing import Any

from pinakes.schemas.embeddings import EmbedResponse, EncodedImage
from pinakes.schemas.problem import PROBLEM_MEDIA_TYPE, Problem
from pinakes.services.inference.answers import NPY, RAW

_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}

_SEVERAL = {
    "type": "object",
    "required": ["images"],
    "properties": {
        "images": {
            "type": "array",
            "items": {"anyOf": [{"type": "string"}, EncodedImage.model_json_schema()]},
            "description": "Base64 of each file's bytes, plain or as a data: URI.",
        }
    },
}

_PARTS = {
    "type": "object",
    "required": ["images"],
    "properties": {"images": {"type": "array", "items": {"type": "string", "format": "binary"}}},
}

#: Bodies of POST /embed.
REQUEST: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": _PARTS},
            "application/json": {"schema": _SEVERAL},
            "image/*": _BYTES,
            "application/octet-stream": _BYTES,
        },
    }
}

_PROBLEM = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
_PROBLEM.pop("$defs")  # RefusedImage is among the components already, through EmbedResponse

#: What each refusal of POST /embed means.
_REFUSALS = {
    400: "No picture was good, or the request is malformed; `refused` names each picture.",
    401: "The key is missing or wrong.",
    408: "The body stopped arriving.",
    413: "Too many bytes, pixels or pictures.",
    415: "The media type, or the format of the only picture, is not taken.",
    429: "The service is full; Retry-After says when there should be room.",
    500: "The model failed on the only picture.",
    503: "The model loads, or the service shuts down.",
    504: "The request's time ran out.",
}

#: Answers of POST /embed.
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "model": EmbedResponse,
        "description": "One embedding per picture, in request order. Binary forms are float32, little-endian,"
        " one row per picture; rows of refused pictures are NaN and listed in X-Pinakes-Refused"
        " as index:reason.",
        "content": {RAW: _BYTES, NPY: _BYTES},
    },
    **{
        status: {"description": text, "content": {PROBLEM_MEDIA_TYPE: {"schema": _PROBLEM}}}
        for status, text in _REFUSALS.items()
    },
}
