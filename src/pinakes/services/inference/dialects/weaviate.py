"""What Weaviate's multi2vec-clip module asks of its inference container."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from pinakes.core.settings import InferenceSettings
from pinakes.services.inference.asked import Asked, Embedded
from pinakes.services.inference.dialects.base import REFUSALS, Dialect
from pinakes.services.inference.dialects.errors import sentence_under
from pinakes.services.inference.embedding_door import EmbeddingDoor
from pinakes.services.inference.inline_pictures import picture_of
from pinakes.services.inference.json_fields import list_field, object_of, texts_field
from pinakes.services.inference.vector_forms import as_floats, to_json
from pinakes.serving.engine import Engine, State
from pinakes.serving.metrics import InferenceMetrics

#: Paths by which Weaviate finds out whether the container lives, and can serve.
LIVE, READY = "/.well-known/live", "/.well-known/ready"


def routes(engine: Engine, limits: InferenceSettings, metrics: InferenceMetrics) -> APIRouter:
    """Make the routes over an engine."""
    router = APIRouter(tags=["Weaviate"], responses=REFUSALS)
    door = EmbeddingDoor("weaviate", engine, limits, metrics)

    @router.post("/vectorize", summary="Embed words and pictures, as Weaviate asks")
    async def vectorize(request: Request) -> Response:
        return await door.answer(request, parse)

    @router.get(LIVE, status_code=204)
    async def live() -> Response:
        return Response(status_code=204)

    @router.get(READY, status_code=204)
    async def ready() -> Response:
        return Response(status_code=204 if engine.state is State.HEALTHY else 503)

    @router.get("/meta", summary="The default model, as Weaviate asks")
    async def meta() -> dict[str, str]:
        offer = engine.status().offer
        return {"model": offer.name, "revision": offer.revision}

    return router


def parse(body: bytes) -> Asked:
    """Return what a body asks for: texts, and pictures as base64.

    Raises:
        InvalidRequest: it is not JSON, or a field is not as it must be.
    """
    fields = object_of(body)
    texts = texts_field(fields, "texts")
    written = list_field(fields, "images")
    pictures = [picture_of(image, f"images[{index}]") for index, image in enumerate(written)]
    places = [f"texts[{index}]" for index in range(len(texts))]
    places += [f"images[{index}]" for index in range(len(pictures))]
    return Asked([*texts, *pictures], partial(write, len(texts)), fields=places)


def write(texts: int, embedded: Embedded) -> bytes:
    """Return the body of an answer, whose first vectors are of texts."""
    vectors = [as_floats(vector) for vector in embedded.vectors]
    return to_json({"textVectors": vectors[:texts], "imageVectors": vectors[texts:]})


DIALECT = Dialect(
    routes,
    sentence_under("error"),
    prefixes=("/vectorize", "/.well-known", "/meta"),
    probes=(LIVE, READY, "/meta"),
)
