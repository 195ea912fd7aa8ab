"""The embedding requests of Text Embeddings Inference, at `POST /`: `/embed` is our own protocol's."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest
from pinakes.core.settings import InferenceSettings
from pinakes.services.inference.asked import Asked, Embedded, InvalidField
from pinakes.services.inference.dialects.base import REFUSALS, Dialect
from pinakes.services.inference.embedding_door import EmbeddingDoor
from pinakes.services.inference.json_fields import object_of, texts_field
from pinakes.services.inference.vector_forms import as_floats, to_json
from pinakes.serving.engine import Engine
from pinakes.serving.metrics import InferenceMetrics


def routes(engine: Engine, limits: InferenceSettings, metrics: InferenceMetrics) -> APIRouter:
    """Make the routes over an engine."""
    router = APIRouter(tags=["Text Embeddings Inference"], responses=REFUSALS)
    door = EmbeddingDoor("tei", engine, limits, metrics)

    @router.post("/", summary="Embed words, as huggingface_hub's InferenceClient asks")
    async def embed(request: Request) -> Response:
        return await door.answer(request, parse)

    @router.get("/info", summary="The default model, as clients of Text Embeddings Inference ask")
    async def described() -> dict[str, Any]:
        offer = engine.status().offer
        return {
            "model_id": offer.name,
            "model_sha": offer.revision,
            "model_type": {"embedding": {"pooling": "cls"}},
            "max_client_batch_size": limits.max_items,
            "max_batch_tokens": limits.max_batch_tokens,
        }

    return router


def parse(body: bytes) -> Asked:
    """Return what a body asks for: `inputs`, one text or several.

    Raises:
        InvalidRequest: it is not JSON, or a field is not as it must be.
    """
    fields = object_of(body)
    if fields.get("normalize") is False:
        raise InvalidField("normalize", "Vectors here always have length 1.", remedy="Leave normalize out.")
    if fields.get("inputs") is None:
        raise InvalidRequest("inputs is missing.")
    texts = texts_field(fields, "inputs")
    places = [f"inputs[{index}]" for index in range(len(texts))]
    return Asked(texts, write, dimensions=fields.get("dimensions"), fields=places)


def write(embedded: Embedded) -> bytes:
    """Return the body of an answer: a list of vectors, also for one text."""
    return to_json([as_floats(vector) for vector in embedded.vectors])


DIALECT = Dialect(routes)
