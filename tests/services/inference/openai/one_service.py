"""A service over a stand-in model, and the stock SDK that talks to it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import openai
from fastapi import FastAPI
from tests.stand_ins import StandInModel, served
from tests.waiting import until

from pinakes.core.settings import InferenceSettings, Settings
from pinakes.services.inference.main import build_application
from pinakes.serving.catalogue import Offer


def application_of(model: StandInModel, **settings: object) -> FastAPI:
    chosen = Settings(inference=InferenceSettings.model_validate({"workers": 2, **settings}))
    tasks = frozenset(model.load().tasks)
    offer = Offer("stand-in", "1", 1, tasks, 1000, True, model.load)
    return build_application(chosen, lambda: [offer])


@contextmanager
def service(model: StandInModel, **settings: object) -> Iterator[httpx.Client]:
    with running(application_of(model, **settings), model) as client:
        yield client


@contextmanager
def running(application: FastAPI, model: StandInModel) -> Iterator[httpx.Client]:
    with served(application) as client:
        until(lambda: client.get("/health").status_code == 200, "its health")
        model.forget()
        try:
            yield client
        finally:
            model.gate.set()


def url_of(client: httpx.Client) -> str:
    return f"{str(client.base_url).rstrip('/')}/v1"


@contextmanager
def sdk_of(client: httpx.Client, **options: object) -> Iterator[openai.OpenAI]:
    """The stock SDK, as anybody would make it."""
    with openai.OpenAI(base_url=url_of(client), api_key="none", **options) as sdk:  # type: ignore[arg-type]
        yield sdk


def data_uri(image: bytes, media: str = "image/jpeg") -> str:
    return f"data:{media};base64,{base64.b64encode(image).decode()}"
