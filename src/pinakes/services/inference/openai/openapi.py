"""What OpenAI's paths take and answer, for the OpenAPI description; a signature cannot say it."""

from __future__ import annotations

from typing import Any

#: Arguments of a route.
Described = dict[str, Any]

_TEXT: Described = {"type": "string"}

_PICTURE_OR_TEXT: Described = {
    "type": "object",
    "properties": {
        "image": {**_TEXT, "description": "Base64 of a picture, plain or as a data: URI."},
        "text": _TEXT,
    },
    "description": "Jina's form: one of both.",
}

_REQUEST: Described = {
    "type": "object",
    "properties": {
        "model": {**_TEXT, "description": "A name, name@revision or alias; the default model without it."},
        "input": {
            "oneOf": [
                _TEXT,
                {"type": "array", "items": {"oneOf": [_TEXT, _PICTURE_OR_TEXT]}, "minItems": 1},
                _PICTURE_OR_TEXT,
            ],
        },
        "modality": {"enum": ["text", "image"], "description": "infinity's form: what plain inputs are."},
        "messages": {
            "type": "array",
            "items": {"type": "object"},
            "description": "vLLM's form, instead of `input`: one text or image_url, as a data: URI.",
        },
        "encoding_format": {"enum": ["float", "base64"], "default": "float"},
        "dimensions": {"type": "integer", "description": "Only what the model gives."},
        "user": {**_TEXT, "description": "Whose share of the machine the request takes."},
    },
}

_EMBEDDING: Described = {
    "type": "object",
    "properties": {
        "object": {"const": "embedding"},
        "index": {"type": "integer"},
        "embedding": {
            "oneOf": [
                {"type": "array", "items": {"type": "number"}},
                {**_TEXT, "description": "Base64 of little-endian float32."},
            ]
        },
    },
}

_ANSWER: Described = {
    "type": "object",
    "required": ["object", "data", "model", "usage", "normalised", "revision", "preprocess", "dimensions"],
    "properties": {
        "object": {"const": "list"},
        "data": {"type": "array", "items": _EMBEDDING},
        "model": _TEXT,
        "usage": {
            "type": "object",
            "properties": {"prompt_tokens": {"type": "integer"}, "total_tokens": {"type": "integer"}},
            "description": "Tokens that the model read of texts; pictures count none.",
        },
        "normalised": {"const": True},
        "revision": _TEXT,
        "preprocess": {**_TEXT, "description": "Vectors are comparable where this, model and revision are."},
        "dimensions": {"type": "integer"},
    },
}

_ERROR: Described = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": _TEXT,
                "type": _TEXT,
                "param": {"type": ["string", "null"]},
                "code": _TEXT,
            },
        }
    },
}

#: What each refusal means.
_REFUSALS = {
    400: "The request is malformed, or an input was refused; the message names it.",
    401: "The key is missing or wrong.",
    404: "There is no such model.",
    408: "The body stopped arriving.",
    413: "Too many bytes.",
    415: "The body is compressed.",
    429: "The service is full; retry-after-ms says when there should be room.",
    500: "The model failed on an input.",
    503: "The model loads, or the service shuts down.",
    507: "The model does not fit in memory.",
    504: "The request's time ran out.",
}

#: The answer where a model is not there.
NOT_FOUND: Described = {
    "description": _REFUSALS[404],
    "content": {"application/json": {"schema": _ERROR}},
}

#: Arguments of the route that embeds.
EMBEDDINGS: Described = {
    "openapi_extra": {
        "requestBody": {"required": True, "content": {"application/json": {"schema": _REQUEST}}}
    },
    "responses": {
        200: {"description": "One vector per input.", "content": {"application/json": {"schema": _ANSWER}}},
        **{
            status: {"description": told, "content": {"application/json": {"schema": _ERROR}}}
            for status, told in _REFUSALS.items()
        },
    },
}
