"""What OpenAI's paths take and answer, for the OpenAPI description; a signature cannot say it."""

from __future__ import annotations

from pinakes.services.inference.openapi import OF_ANY, OF_INFERENCE, Described, refused

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

_FORM: Described = {"content": {"application/json": {"schema": _ERROR}}}

#: What the paths that list models may answer, and those that name one.
LISTED, NAMED = refused(OF_ANY, _FORM), refused((*OF_ANY, 404, 422), _FORM)

#: Arguments of the route that embeds.
EMBEDDINGS: Described = {
    "openapi_extra": {
        "requestBody": {"required": True, "content": {"application/json": {"schema": _REQUEST}}}
    },
    "responses": {
        200: {"description": "One vector per input.", "content": {"application/json": {"schema": _ANSWER}}},
        **refused(
            OF_INFERENCE,
            _FORM,
            {400: "The request is malformed, or an input was refused; the message names it."},
        ),
    },
}
