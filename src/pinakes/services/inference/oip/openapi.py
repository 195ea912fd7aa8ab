"""What the paths of the Open Inference Protocol refuse, for the OpenAPI description."""

from __future__ import annotations

from pinakes.services.inference.openapi import OF_ANY, OF_INFERENCE, Described, Responses, refused

_ERROR: Described = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}},
}

_FORM: Described = {"content": {"application/json": {"schema": _ERROR}}}

_UNREADY: Described = {
    "type": "object",
    "required": ["ready", "error"],
    "properties": {
        "live": {"type": "boolean"},
        "name": {"type": "string"},
        "ready": {"const": False},
        "error": {"type": "string"},
    },
}

_NO: Responses = {503: {"description": "No.", "content": {"application/json": {"schema": _UNREADY}}}}

#: Probes, which want no key; only pages of other sites are turned away.
LIVE = refused((403,), _FORM)
READY: Responses = {**LIVE, **_NO}

#: What tells of the server, or of all models.
SERVER = refused(OF_ANY, _FORM)

#: What tells of one model, and of one that may have to be loaded for it.
MODEL = refused((400, *OF_ANY, 404, 422), _FORM, {400: "The version is no whole number."})
LOADED_MODEL: Responses = {**MODEL, **refused((503,), _FORM)}
MODEL_READY: Responses = {**MODEL, **_NO}

#: Commands to the repository: of all models, and of one.
INDEX = refused((400, *OF_ANY, 408, 413), _FORM)
COMMAND: Responses = {**INDEX, **refused((404, 422, 503), _FORM)}

#: Inference.
INFER = refused(
    (*OF_INFERENCE, 422),
    _FORM,
    {400: "The request is malformed, or an item was refused; the message names it."},
)
