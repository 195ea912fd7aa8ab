"""What a protocol of another service brings, so that this one can speak it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from pinakes.core.settings import InferenceSettings
from pinakes.services.http.problems import ErrorForm
from pinakes.serving.engine import Engine
from pinakes.serving.metrics import InferenceMetrics

#: Makes the routes of a protocol over an engine.
MakeRoutes = Callable[[Engine, InferenceSettings, InferenceMetrics], APIRouter]


#: Answers of every route beside its good one, for the OpenAPI description.
REFUSALS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "The request cannot be answered; the sentence says why."},
    "5XX": {"description": "The service or its model cannot answer now."},
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """One protocol.

    Attributes:
        routes: makes its paths.
        error: writes errors in its words; None where problems (RFC 9457) do.
        prefixes: beginnings of the paths below which they are.
        probes: paths that its clients ask without a key, whether the service can serve.
    """

    routes: MakeRoutes
    error: ErrorForm | None = None
    prefixes: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()
