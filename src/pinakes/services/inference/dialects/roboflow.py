"""Roboflow's CLIP endpoints: `/clip/embed_image` and `/clip/embed_text`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from pinakes.core.settings import InferenceSettings
from pinakes.services.inference.asked import Asked, Embedded, InvalidField
from pinakes.services.inference.dialects.base import REFUSALS, Dialect
from pinakes.services.inference.dialects.errors import sentence_under
from pinakes.services.inference.embedding_door import EmbeddingDoor
from pinakes.services.inference.inline_pictures import picture_of
from pinakes.services.inference.json_fields import object_of, text_field, texts_field
from pinakes.services.inference.vector_forms import as_floats, to_json
from pinakes.serving.engine import Engine
from pinakes.serving.metrics import InferenceMetrics


def routes(engine: Engine, limits: InferenceSettings, metrics: InferenceMetrics) -> APIRouter:
    """Make the routes over an engine."""
    router = APIRouter(prefix="/clip", tags=["Roboflow"], responses=REFUSALS)
    door = EmbeddingDoor("roboflow", engine, limits, metrics)

    @router.post("/embed_image", summary="Embed pictures, as Roboflow's SDK asks")
    async def embed_image(request: Request) -> Response:
        return await door.answer(request, parse_images)

    @router.post("/embed_text", summary="Embed words, as Roboflow's SDK asks")
    async def embed_text(request: Request) -> Response:
        return await door.answer(request, parse_texts)

    return router


def parse_images(body: bytes) -> Asked:
    """Return the pictures that a body holds. Raises InvalidRequest."""
    fields = object_of(body)
    given = fields.get("image")
    entries = given if isinstance(given, list) else [given]
    places = [f"image[{index}]" for index in range(len(entries))]
    pictures = [_picture(entry, place) for entry, place in zip(entries, places, strict=True)]
    return Asked(pictures, write, model=_model(fields), fields=places)


def parse_texts(body: bytes) -> Asked:
    """Return the texts that a body holds. Raises InvalidRequest."""
    fields = object_of(body)
    texts = texts_field(fields, "text")
    places = [f"text[{index}]" for index in range(len(texts))]
    return Asked(texts, write, model=_model(fields), fields=places)


def write(embedded: Embedded) -> bytes:
    """Return the body of an answer."""
    vectors = [as_floats(vector) for vector in embedded.vectors]
    # The SDK insists on `frame_id`, which is of videos.
    return to_json({"frame_id": None, "embeddings": vectors, "time": round(embedded.seconds, 6)})


def _model(fields: dict[str, Any]) -> str:
    return text_field(fields, "clip_version_id")


def _picture(entry: object, field: str) -> bytes:
    match entry:
        case {"type": "base64", "value": written} | {"type": "url", "value": written}:
            return picture_of(written, field)  # of an address it says that nothing is fetched
    raise InvalidField(field, f'{field} must be {{"type": "base64", "value": …}}.')


DIALECT = Dialect(routes, sentence_under("message"), prefixes=("/clip",))
