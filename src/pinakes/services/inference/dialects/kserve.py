"""KServe's first protocol: `POST /v1/models/{name}:predict`; its lists are in OpenAI's answers."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from pinakes.core.settings import InferenceSettings
from pinakes.services.inference.asked import Asked, Embedded, InvalidField
from pinakes.services.inference.dialects.base import REFUSALS, Dialect
from pinakes.services.inference.embedding_door import EmbeddingDoor
from pinakes.services.inference.inline_pictures import picture_of
from pinakes.services.inference.json_fields import list_field, object_of
from pinakes.services.inference.vector_forms import as_floats, to_json
from pinakes.serving.engine import Engine
from pinakes.serving.metrics import InferenceMetrics


def routes(engine: Engine, limits: InferenceSettings, metrics: InferenceMetrics) -> APIRouter:
    """Make the routes over an engine."""
    router = APIRouter(tags=["KServe"], responses=REFUSALS)
    door = EmbeddingDoor("kserve", engine, limits, metrics)

    @router.post("/v1/models/{name}:predict", summary="Embed words and pictures, as KServe's first SDK asks")
    async def predict(name: str, request: Request) -> Response:
        return await door.answer(request, partial(parse, name))

    return router


def parse(model: str, body: bytes) -> Asked:
    """Return what a body asks for: instances that are texts, or pictures as TensorFlow's `{"b64": …}`.

    Raises:
        InvalidRequest: it is not JSON, or a field is not as it must be.
    """
    instances = list_field(object_of(body), "instances")
    places = [f"instances[{index}]" for index in range(len(instances))]
    inputs = [_instance(entry, place) for entry, place in zip(instances, places, strict=True)]
    return Asked(inputs, write, model=model, fields=places)


def write(embedded: Embedded) -> bytes:
    """Return the body of an answer."""
    return to_json({"predictions": [as_floats(vector) for vector in embedded.vectors]})


def _instance(entry: object, field: str) -> bytes | str:
    match entry:
        case str(text) | {"text": str(text)}:
            return text
        case {"b64": written} | {"image": {"b64": written}} | {"image_bytes": {"b64": written}}:
            return picture_of(written, field)
    raise InvalidField(field, f'{field} is neither text nor {{"b64": …}}.')


DIALECT = Dialect(routes)
