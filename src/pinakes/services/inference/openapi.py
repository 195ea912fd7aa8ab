"""What the routes take and answer, for the OpenAPI description: the parts a signature cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from pinakes.schemas.embeddings import (
    CaptionResponse,
    EmbedRequest,
    EmbedResponse,
    LabelsRequest,
    LabelsResponse,
    PicturesRequest,
)
from pinakes.schemas.problem import PROBLEM_MEDIA_TYPE, Problem
from pinakes.services.inference.native.answers import NPY, RAW

#: Arguments of a route.
Described = dict[str, Any]

#: What a route answers beside what its signature says, by status.
Responses = dict[int | str, Described]

#: What any path that wants a key may answer.
OF_ANY = (401, 403, 429)

#: What a path may answer that reads pictures or words and asks a model.
OF_INFERENCE = (400, *OF_ANY, 404, 408, 413, 415, 500, 503, 504, 507)

_BYTES: Described = {"schema": {"type": "string", "format": "binary"}}

_MODEL: Described = {
    "name": "model",
    "in": "query",
    "schema": {"type": "string", "maxLength": 200},
    "description": "Model asked: a name, or name@revision. It wins over the body's.",
}

_LABELS: Described = {
    "name": "labels",
    "in": "query",
    "schema": {"type": "array", "items": {"type": "string"}},
    "description": "Labels to choose among, for bodies that have no place for them.",
}

_TEMPLATE: Described = {
    "name": "template",
    "in": "query",
    "schema": {"type": "array", "items": {"type": "string"}},
    "description": "Sentences that each label is put into, at {}.",
}

_TOP_K: Described = {
    "name": "top_k",
    "in": "query",
    "schema": {"type": "integer", "minimum": 1},
    "description": "Labels told of each picture, best first.",
}

#: What each refusal means.
_REFUSALS = {
    400: "The request is malformed, or no input was good; `refused` names each.",
    401: "The key is missing or wrong.",
    403: "The key does not allow this, or the request comes from a page of another site.",
    404: "There is no such model.",
    408: "The body stopped arriving.",
    413: "Too many bytes, pixels or inputs.",
    415: "The media type, or the format of the only picture, is not taken.",
    422: "A parameter does not fit its schema.",
    429: "The service is full, or the key is used too often; Retry-After says when to come back.",
    500: "The model failed on the only input.",
    503: "The model loads or cannot serve, or the service shuts down.",
    504: "The request's time ran out.",
    507: "The memory did not suffice.",
}


def refused(statuses: Iterable[int], form: Described, told: Mapping[int, str] = {}) -> Responses:
    """What some statuses mean, each with a body of a form; `told` says it in a protocol's own words."""
    meanings = {**_REFUSALS, **told}
    return {status: {"description": meanings[status], **form} for status in statuses}


def problems(*statuses: int) -> Responses:
    """What some statuses mean; each comes as a problem (RFC 9457)."""
    form = {"content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    return refused(statuses, {"model": Problem, **form})


def _taken(schema: type[BaseModel], *parameters: Described) -> Described:
    """The bodies of a route with these fields."""
    fields = schema.model_json_schema()
    fields = _inlined(fields, fields.pop("$defs", {}))
    properties: Described = {
        name: field for name, field in fields["properties"].items() if name not in ("images", "image")
    }
    properties["images"] = {"type": "array", "items": {"type": "string", "format": "binary"}}
    parts = {"type": "object", "required": fields.get("required", []), "properties": properties}
    return {
        "parameters": [_MODEL, *parameters],
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": parts},
                "application/json": {"schema": fields},
                "image/*": _BYTES,
                "application/octet-stream": _BYTES,
                NPY: _BYTES,
            },
        },
    }


def _inlined(schema: Any, definitions: Described) -> Any:
    """The schema with each definition in its place: bodies have no components of their own to refer to."""
    if isinstance(schema, list):
        return [_inlined(entry, definitions) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return definitions[schema["$ref"].rpartition("/")[2]]
    return {key: _inlined(value, definitions) for key, value in schema.items()}


def _answered(model: type[BaseModel], told: str, **forms: Described) -> Responses:
    return {
        200: {"model": model, "description": told, "content": forms},
        **problems(*OF_INFERENCE),
    }


#: POST /embed.
EMBED: Described = {
    "openapi_extra": _taken(EmbedRequest),
    "responses": _answered(
        EmbedResponse,
        "One embedding per input, in request order. Binary forms are float32, little-endian, one row per "
        "input; rows of refused inputs are NaN and listed in X-Pinakes-Refused as index:reason.",
        **{RAW: _BYTES, NPY: _BYTES},
    ),
}

#: POST /caption.
CAPTION: Described = {
    "openapi_extra": _taken(PicturesRequest),
    "responses": _answered(CaptionResponse, "One caption per picture, in request order."),
}

#: POST /labels.
LABELS: Described = {
    "openapi_extra": _taken(LabelsRequest, _LABELS, _TEMPLATE, _TOP_K),
    "responses": _answered(LabelsResponse, "The labels of each picture, best first, in request order."),
}
