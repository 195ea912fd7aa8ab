"""Fields of JSON objects to plain values, with errors that name the field."""

from __future__ import annotations

from typing import Any

import orjson

from pinakes.core.errors import InvalidRequest
from pinakes.services.inference.asked import InvalidField


def object_of(body: bytes) -> dict[str, Any]:
    """Return the object that a body is.

    Raises:
        InvalidRequest: it is not JSON, or no object.
    """
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidRequest(f"The body is not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise InvalidRequest("The body must be a JSON object.")
    return found


def text_field(fields: dict[str, Any], name: str) -> str:
    """Return a field that is text; empty where it is absent or null. Raises InvalidField."""
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidField(name, f"{name} must be text.")
    return value


def list_field(fields: dict[str, Any], name: str) -> list[Any]:
    """Return a field that is a list; empty where it is absent or null. Raises InvalidField."""
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidField(name, f"{name} must be a list.")
    return value


def texts_field(fields: dict[str, Any], name: str) -> list[str]:
    """Return a field that is one text or a list of texts; empty where absent. Raises InvalidField."""
    value = fields.get(name)
    entries = [value] if isinstance(value, str) else list_field(fields, name)
    for index, entry in enumerate(entries):
        if not isinstance(entry, str):
            raise InvalidField(f"{name}[{index}]", f"{name}[{index}] must be text.")
    return entries
