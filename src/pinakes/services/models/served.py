"""Asks the inference service which models it has, and to load or unload one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from pinakes.clients.exchange import Reply
from pinakes.clients.statuses import error_of_status, unavailable
from pinakes.core.errors import NotFound, ProtocolViolation, ServiceUnavailable, WrongState
from pinakes.core.settings import ClientSettings
from pinakes.schemas.models import ModelDetail, ModelList

#: Time one question may take, and to find out that nothing answers, seconds.
SECONDS, CONNECT_SECONDS = 5.0, 1.0

Said = TypeVar("Said", bound=BaseModel)


class ServedModels:
    """The models of the inference service that the settings name; close it after use.

    Raises from every call:
        ServiceUnavailable, NotReady, Overloaded: it does not answer, or not now.
        Unauthorised, Forbidden: it wants another key.
        NotFound: it has no such model.
        ProtocolViolation: something else answers.
    """

    def __init__(self, settings: ClientSettings) -> None:
        self.url = settings.service_urls[0] if settings.service_urls else ""
        headers = {}
        if settings.api_key is not None:
            headers["Authorization"] = f"Bearer {settings.api_key.get_secret_value().strip()}"
        self._http = httpx.Client(
            base_url=self.url, headers=headers, timeout=httpx.Timeout(SECONDS, connect=CONNECT_SECONDS)
        )

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._http.close()

    def every(self) -> ModelList:
        """Every model, with its state."""
        return self._read(ModelList, self._asked("GET", "/models"))

    def detail(self, name: str) -> ModelDetail:
        """One model, by its name or `name@revision`."""
        return self._read(ModelDetail, self._asked("GET", f"/models/{quote(name, safe='@')}"))

    def load(self, name: str) -> ModelDetail:
        """Have a model loaded; returns at once."""
        return self._read(ModelDetail, self._asked("POST", f"/models/{quote(name, safe='@')}/load"))

    def unload(self, name: str) -> ModelDetail:
        """Have a model unloaded; returns at once."""
        return self._read(ModelDetail, self._asked("POST", f"/models/{quote(name, safe='@')}/unload"))

    def _asked(self, method: str, path: str) -> bytes:
        try:
            answer = self._http.request(method, path)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise unavailable(self.url, type(error).__name__) from error
        if answer.is_success:
            return answer.content
        reply = Reply(answer.status_code, answer.headers, answer.content)
        problem = reply.problem()
        told = problem.detail if problem is not None else ""
        if reply.status == HTTPStatus.NOT_FOUND:
            raise NotFound(told or f"The service at {self.url} has no such model.")
        error_found = error_of_status(reply, self.url, told)
        raise error_found or ServiceUnavailable(f"The service at {self.url} answers {reply.status}.")

    def _read(self, schema: type[Said], body: bytes) -> Said:
        try:
            return schema.model_validate_json(body)
        except ValidationError as error:
            raise ProtocolViolation(f"What answers at {self.url} is no Pinakes inference service.") from error


def served_models(settings: ClientSettings) -> ServedModels:
    """The models of the service that the settings name.

    Raises:
        WrongState: this process embeds itself, or the service speaks another protocol.
    """
    if settings.mode == "local":
        raise WrongState(
            "This process embeds pictures itself, so that there is no service to load models.",
            remedy="Start it with `pinakes up`, or set PINAKES_CLIENT__MODE=remote.",
        )
    if settings.protocol != "pinakes":
        raise WrongState(
            f"The service speaks {settings.protocol}, and has models of its own.",
            remedy="Load and unload them there.",
        )
    return ServedModels(settings)
