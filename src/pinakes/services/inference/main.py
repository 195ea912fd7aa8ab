"""Builds the inference service from settings and runs it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

from fastapi import APIRouter, FastAPI

from pinakes.core import logging
from pinakes.core.settings import InferenceSettings, Settings
from pinakes.services.chosen.offers import default_model, offers_of
from pinakes.services.http.app import create_application
from pinakes.services.http.keys import keys_of
from pinakes.services.http.telemetry import TracedRequests, Tracing, tracing_of
from pinakes.services.inference import health_routes, model_routes
from pinakes.services.inference.access import PROBES, allowed_scopes
from pinakes.services.inference.dialects.base import Dialect
from pinakes.services.inference.dialects.factory import dialects_of, forms_of, probes_of
from pinakes.services.inference.native.routes import routes
from pinakes.services.inference.oip import routes as oip
from pinakes.services.inference.oip.errors import error_form as oip_error
from pinakes.services.inference.oip.listening import check_grpc, grpc_door, said_of
from pinakes.services.inference.openai import routes as openai
from pinakes.services.inference.openai.errors import openai_error
from pinakes.services.inference.traced_engine import TracedEngine
from pinakes.services.inference.triton_metrics import TritonMetrics
from pinakes.services.process import check_bind, open_listener, run, url_of
from pinakes.serving.catalogue import Offer
from pinakes.serving.engine import Engine
from pinakes.serving.metrics import InferenceMetrics


def serve(
    settings: Settings,
    *,
    host: str | None = None,
    port: int | None = None,
    offers: Callable[[], Sequence[Offer]] | None = None,
) -> None:
    """Run the inference service until SIGTERM or SIGINT, then finish what was accepted and return.

    Host and port are the settings' unless given; the models are those installed and the built-in one, unless
    `offers` says otherwise.
    One line on standard error says where it listens.

    Raises:
        UnsafeSettings: it would listen beyond this machine without a key.
        PortTaken: something else holds the port.
        InvalidRequest: the host or port cannot be listened on, or gRPC is wanted and not installed.
    """
    host = settings.inference.host if host is None else host
    port = settings.inference.port if port is None else port
    keys = keys_of(settings.inference)
    check_bind(host, guarded=bool(keys), variable="PINAKES_INFERENCE__API_KEY")
    check_grpc(host, settings.inference, beside=port)
    listener = open_listener(host, port)
    logging.configure(level=settings.log_level, form=settings.log_format)
    application = build_application(settings, offers or offers_of(settings), host=host)
    engine: Engine = application.state.engine
    grpc = said_of(settings.inference)
    run(
        application,
        listener,
        announcement=f"Inference service listening on {url_of(listener)} ({grpc}Ctrl-C stops it).",
        drain=lambda: engine.drain(
            settings.inference.drain_seconds, notice=settings.inference.notice_seconds
        ),
    )


def build_application(
    settings: Settings, offers: Callable[[], Sequence[Offer]], *, host: str | None = None
) -> FastAPI:
    """Make the service's application; its models load in the background once the application starts.

    The engine is `application.state.engine`. Where gRPC is on, it listens on `host`, else the settings' host.
    """
    limits = settings.inference
    metrics = InferenceMetrics()
    dialects = dialects_of(limits.dialects)
    probes = (*PROBES, *probes_of(dialects))
    tracing = tracing_of(os.environ, service="pinakes-inference")
    engine = _engine(settings, offers, metrics, tracing)
    keys = keys_of(limits)
    grpc = grpc_door(
        engine,
        limits,
        metrics,
        keys,
        host=limits.host if host is None else host,
        tracer=None if tracing is None else tracing.tracer,
    )
    application = create_application(
        title="Pinakes inference service",
        description="Stateless: pictures in, embeddings out. Any number of replicas may stand side by side.",
        keys=keys,
        allowed=allowed_scopes,
        open_paths=probes,
        max_body_bytes=limits.max_request_bytes,
        registry=metrics.registry,
        forms={**forms_of(dialects), "/v1": openai_error, "/v2": oip_error},
        count_error=lambda error: metrics.refusals.labels(error.code, "").inc(),
        lifespan=_lifespan(engine, grpc, tracing),
    )
    metrics.registry.register(TritonMetrics(engine, metrics))
    application.state.engine = engine
    for router in _routers(engine, limits, metrics, dialects):
        application.include_router(router)
    if tracing is not None:
        untraced = (*probes, "/metrics")
        application.add_middleware(TracedRequests, tracer=tracing.tracer, untraced=untraced)
    return application


def _lifespan(
    engine: Engine, grpc: Callable[[], AbstractAsyncContextManager[None]], tracing: Tracing | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What runs as long as the application: its engine, gRPC where it is on, and the sending of traces."""

    @asynccontextmanager
    async def lifespan(_application: FastAPI) -> AsyncIterator[None]:
        engine.start()
        try:
            async with grpc():
                yield
        finally:
            engine.close()
            if tracing is not None:
                tracing.close()

    return lifespan


def _routers(
    engine: Engine, limits: InferenceSettings, metrics: InferenceMetrics, dialects: Sequence[Dialect]
) -> Iterator[APIRouter]:
    """Every protocol's paths, our own first: they are tried in turn."""
    yield routes(engine, limits, metrics)
    yield health_routes.routes(engine)
    yield model_routes.routes(engine)
    yield openai.routes(engine, limits, metrics)
    yield from (dialect.routes(engine, limits, metrics) for dialect in dialects)
    yield oip.routes(engine, limits, metrics)


def _engine(
    settings: Settings,
    offers: Callable[[], Sequence[Offer]],
    metrics: InferenceMetrics,
    tracing: Tracing | None,
) -> Engine:
    make: Callable[..., Engine] = Engine if tracing is None else partial(TracedEngine, tracer=tracing.tracer)
    return make(
        offers,
        default=default_model(settings, offers()),
        preload=settings.inference.preload,
        settings=settings.inference,
        metrics=metrics,
    )
