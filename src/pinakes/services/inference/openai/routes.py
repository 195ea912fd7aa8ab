"""The paths that OpenAI's SDK asks."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from pinakes.core.settings import InferenceSettings
from pinakes.services.inference.embedding_door import EmbeddingDoor
from pinakes.services.inference.openai import models
from pinakes.services.inference.openai.openapi import EMBEDDINGS, LISTED, NAMED
from pinakes.services.inference.openai.requests import parse
from pinakes.serving.engine import Engine
from pinakes.serving.metrics import InferenceMetrics


def routes(engine: Engine, limits: InferenceSettings, metrics: InferenceMetrics) -> APIRouter:
    """Make the routes over an engine."""
    router = APIRouter(prefix="/v1", tags=["OpenAI"])
    door = EmbeddingDoor("openai", engine, limits, metrics)

    @router.post("/embeddings", summary="Embed words and pictures, as OpenAI's SDK asks", **EMBEDDINGS)
    async def embeddings(request: Request) -> Response:
        """OpenAI's request and answer; pictures as infinity, Jina and vLLM write them."""
        return await door.answer(request, parse)

    @router.get("/models", summary="The models, as OpenAI's SDK and KServe's clients ask", responses=LISTED)
    async def list_models() -> dict[str, Any]:
        return models.listed(engine)

    @router.get("/models/{name:path}", summary="One model", responses=NAMED)
    async def model(name: str) -> dict[str, Any]:
        return models.found(engine, name)

    return router
