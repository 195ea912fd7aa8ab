"""What Immich's server asks of its machine learning container, as far as it embeds pictures and words."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from pinakes.core.errors import InvalidRequest, UnsupportedMedia
from pinakes.core.settings import InferenceSettings
from pinakes.services.inference.asked import Asked, Embedded, InvalidField
from pinakes.services.inference.dialects.base import REFUSALS, Dialect
from pinakes.services.inference.dialects.errors import sentence_under
from pinakes.services.inference.embedding_door import EmbeddingDoor
from pinakes.services.inference.json_fields import object_of
from pinakes.services.inference.multipart import boundary_of, parts_of
from pinakes.services.inference.vector_forms import as_floats, to_json
from pinakes.serving.engine import Engine, State
from pinakes.serving.metrics import InferenceMetrics

#: Most parts of a body that are looked at; Immich sends two.
MOST_PARTS = 8


def routes(engine: Engine, limits: InferenceSettings, metrics: InferenceMetrics) -> APIRouter:
    """Make the routes over an engine."""
    router = APIRouter(tags=["Immich"], responses=REFUSALS)
    door = EmbeddingDoor("immich", engine, limits, metrics)

    @router.get("/ping", response_class=PlainTextResponse)
    async def ping() -> Response:
        return PlainTextResponse("pong", status_code=200 if engine.state is State.HEALTHY else 503)

    @router.post("/predict", summary="Embed a picture or words, as Immich asks")
    async def predict(request: Request) -> Response:
        content_type = request.headers.get("content-type", "")
        if not content_type.lower().startswith("multipart/form-data"):
            raise UnsupportedMedia("Immich's requests are multipart/form-data.")
        return await door.answer(request, partial(parse, boundary_of(content_type)))

    return router


def parse(boundary: bytes, body: bytes) -> Asked:
    """Return what a body asks for: `entries` names the model; beside it is an `image` or a `text`.

    Raises:
        InvalidRequest: a part is missing or malformed, or something else than CLIP is asked for.
    """
    parts = {part.name: part.content for part in islice(parts_of(body, boundary), MOST_PARTS)}
    side, model = _entry(object_of(parts.get("entries", b"")))
    if side == "visual" and "image" in parts:
        return Asked([parts["image"]], write, model=model, fields=("image",))
    if side == "textual" and "text" in parts:
        return Asked([parts["text"].decode(errors="replace")], write, model=model, fields=("text",))
    raise InvalidRequest("Either image or text must be provided, as entries say.")


def write(embedded: Embedded) -> bytes:
    """Return the body of an answer; the vector is text, as Immich hands it to its database."""
    vector = to_json(as_floats(embedded.vectors[0]))
    return orjson.dumps({"clip": vector.decode()})


def _entry(entries: dict[str, Any]) -> tuple[str, str]:
    """The side, visual or textual, and the model's name."""
    match entries:
        case {"clip": {"visual": {"modelName": str(name)}}, **rest} if not rest:
            return "visual", name
        case {"clip": {"textual": {"modelName": str(name)}}, **rest} if not rest:
            return "textual", name
    raise InvalidField(
        "entries",
        f"Of Immich's tasks only clip is done here, not {', '.join(entries) or 'none'}.",
        remedy="Leave faces and texts in pictures to Immich's own container.",
    )


DIALECT = Dialect(routes, sentence_under("detail"), prefixes=("/predict", "/ping"), probes=("/ping",))
