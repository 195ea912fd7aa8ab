"""Cohere's `POST /v2/embed`: texts, pictures as data: URIs, vectors by type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from pinakes.core.settings import InferenceSettings
from pinakes.core.types import Vector
from pinakes.services.inference.asked import Asked, Embedded, InvalidField
from pinakes.services.inference.dialects.base import REFUSALS, Dialect
from pinakes.services.inference.dialects.errors import sentence_under
from pinakes.services.inference.embedding_door import EmbeddingDoor
from pinakes.services.inference.inline_pictures import picture_of
from pinakes.services.inference.json_fields import list_field, object_of, text_field, texts_field
from pinakes.services.inference.vector_forms import as_base64, as_floats, to_json
from pinakes.serving.engine import Engine
from pinakes.serving.metrics import InferenceMetrics

#: How vectors are written, by Cohere's name; its eight-bit types need a calibration that we do not have.
TYPES: dict[str, Callable[[Vector], object]] = {"float": as_floats, "base64": as_base64}


def routes(engine: Engine, limits: InferenceSettings, metrics: InferenceMetrics) -> APIRouter:
    """Make the routes over an engine."""
    router = APIRouter(tags=["Cohere"], responses=REFUSALS)
    door = EmbeddingDoor("cohere", engine, limits, metrics)

    @router.post("/v2/embed", summary="Embed words and pictures, as Cohere's SDK asks")
    async def embed(request: Request) -> Response:
        return await door.answer(request, parse)

    return router


def parse(body: bytes) -> Asked:
    """Return what a body asks for: one of `texts`, `images` and `inputs`.

    Raises:
        InvalidRequest: it is not JSON, or a field is not as it must be.
    """
    fields = object_of(body)
    given = {name: list_field(fields, name) for name in _READERS}
    named = [name for name, entries in given.items() if entries]
    if len(named) != 1:
        raise InvalidField("inputs", "The request needs exactly one of texts, images and inputs.")
    name = named[0]
    places = [f"{name}[{index}]" for index in range(len(given[name]))]
    read = _READERS[name]
    return Asked(
        [read(entry, place) for entry, place in zip(given[name], places, strict=True)],
        partial(write, _types(fields), given["texts"]),
        model=text_field(fields, "model"),
        dimensions=fields.get("output_dimension"),
        fields=places,
    )


def write(types: Sequence[str], texts: Sequence[str], embedded: Embedded) -> bytes:
    """Return the body of an answer."""
    return to_json(
        {
            "id": str(uuid4()),
            "embeddings": {name: [TYPES[name](vector) for vector in embedded.vectors] for name in types},
            "texts": texts,
            "meta": {
                "api_version": {"version": "2"},
                "billed_units": {"input_tokens": embedded.tokens, "images": embedded.pictures},
            },
            "response_type": "embeddings_by_type",
        }
    )


def _text(entry: object, field: str) -> str:
    if not isinstance(entry, str):
        raise InvalidField(field, f"{field} must be text.")
    return entry


def _content(entry: object, field: str) -> bytes | str:
    match entry:
        case {"content": [{"type": "text", "text": str(text)}]}:
            return text
        case {"content": [{"type": "image_url", "image_url": {"url": url}}]}:
            return picture_of(url, field)
    raise InvalidField(field, f"{field} must have content of one text or one image_url.")


def _types(fields: dict[str, Any]) -> list[str]:
    types = texts_field(fields, "embedding_types") or ["float"]
    unknown = [name for name in types if name not in TYPES]
    if unknown:
        raise InvalidField("embedding_types", f"embedding_types are {', '.join(TYPES)}, not {unknown[0]}.")
    return types


#: What reads an entry of each field that holds inputs.
_READERS: dict[str, Callable[[object, str], bytes | str]] = {
    "texts": _text,
    "images": picture_of,
    "inputs": _content,
}

DIALECT = Dialect(routes, sentence_under("message"), prefixes=("/v2/embed",))
