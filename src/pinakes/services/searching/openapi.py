"""What the searching routes read by themselves, for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from pinakes.schemas.search import SearchRequest


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with each definition in its place: bodies have no components of their own to refer to."""
    if isinstance(schema, list):
        return [_inlined(entry, definitions) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(value, definitions) for name, value in schema.items()}


def _whole(fields: dict[str, Any]) -> dict[str, Any]:
    definitions = fields.pop("$defs", {})
    inlined: dict[str, Any] = _inlined(fields, definitions)
    return inlined


_PARTS: dict[str, Any] = {
    "type": "object",
    "description": "Plain fields are those of the search, or `search` holds all of it as JSON. Every file is "
    "a picture to look like, unless a term names its part by `file`.",
    "properties": {
        "search": {"type": "string", "description": "The search as JSON."},
        "q": {"type": "string", "description": "A line of the query language."},
        "picture": {"type": "string", "format": "binary", "description": "A picture; any name will do."},
    },
    "additionalProperties": {"type": "string", "format": "binary"},
}

#: Body of POST /search.
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": _whole(SearchRequest.model_json_schema())},
            "multipart/form-data": {"schema": _PARTS},
        },
    }
}
