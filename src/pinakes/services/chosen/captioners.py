"""Which model describes pictures: one that a service has, else one that is installed here, else none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from pinakes.clients.client import Client
from pinakes.core.errors import NotReady, ServiceUnavailable
from pinakes.core.settings import ClientSettings, Settings
from pinakes.core.types import Caption, ModelIdentity, Refusal, Task
from pinakes.models.embedder import LocalModel
from pinakes.schemas.models import ModelList, ServedModel
from pinakes.services.chosen.offers import offers_of

#: Time that one question about a service's models may take, seconds.
LOOK_SECONDS = 10.0


class ServedCaptioner:
    """Implements `Captioner` with a model of an inference service of ours."""

    def __init__(self, settings: ClientSettings, model: ServedModel) -> None:
        self._name = f"{model.name}@{model.revision}"
        self.identity = ModelIdentity(model.name, model.revision, model.preprocess or "", 0)
        self._client = Client(settings=settings.model_copy(update={"model": self._name}))

    def caption(self, images: Sequence[bytes]) -> list[Caption | Refusal]:
        """Describe encoded pictures; see `Captioner.caption`."""
        return self._client.caption(images)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def open_captioner(settings: Settings) -> ServedCaptioner | LocalModel | None:
    """Open the model that describes pictures; `close` it after use. None where there is none.

    Raises:
        ServiceUnavailable: only a service may be asked, and none answers.
        NotReady: the service begins to load its model.
        ModelUnusable, OutOfMemory: the model cannot be loaded in this process.
    """
    client, wanted = settings.client, settings.inference.caption_model
    if client.mode != "local" and client.protocol == "pinakes":
        try:
            return _served(client, wanted)
        except ServiceUnavailable:
            if client.mode == "remote":
                raise
    return None if client.mode == "remote" else _local(settings, wanted)


def _local(settings: Settings, wanted: str) -> LocalModel | None:
    for offer in offers_of(settings)():
        if offer.current and Task.CAPTIONING in offer.tasks and wanted in ("", offer.name):
            return LocalModel(offer.load())
    return None


def _served(client: ClientSettings, wanted: str) -> ServedCaptioner | None:
    url = client.service_urls[0].rstrip("/") if client.service_urls else ""
    headers = {"Authorization": f"Bearer {client.api_key.get_secret_value()}"} if client.api_key else {}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=LOOK_SECONDS) as asking:
            model = _captioning(asking, wanted)
            if model is None:
                return None
            if model.preprocess is None:
                asking.post(f"/models/{quote(f'{model.name}@{model.revision}')}/load")
                raise NotReady(f"The inference service loads {model.name}, which describes pictures.")
    except httpx.HTTPError as error:
        raise ServiceUnavailable(
            f"No inference service answers at {url}.",
            remedy="Start one with `pinakes serve inference`, or set PINAKES_CLIENT__MODE=local.",
        ) from error
    return ServedCaptioner(client, model)


def _captioning(asking: httpx.Client, wanted: str) -> ServedModel | None:
    answer = asking.get("/models")
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ServiceUnavailable(
            f"The inference service at {asking.base_url} cannot say which models it has."
        )
    with suppress(ValidationError):
        listed = ModelList.model_validate_json(answer.content).models
        able = (model for model in listed if Task.CAPTIONING in model.tasks and model.current)
        return next((m for m in able if m.state != "failed" and wanted in ("", m.name)), None)
    return None
