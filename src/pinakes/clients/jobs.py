"""A client of the services that run jobs: the ingestion service and the application."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Self
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from pinakes.core import errors
from pinakes.core.errors import PinakesError, ProtocolViolation, ServiceUnavailable

#: Time one question may take, seconds.
SECONDS = 30.0

#: Times a question is asked again when the connection breaks, so that a restart of the service is no error.
RETRIES = 3

#: Errors that a service names and that are raised here again as they are.
_KINDS: dict[str, type[PinakesError]] = {
    kind.code: kind
    for kind in (
        errors.Forbidden,
        errors.FolderUnreadable,
        errors.InvalidRequest,
        errors.NotFound,
        errors.StateBusy,
        errors.TooLarge,
        errors.Unauthorised,
        errors.WrongState,
    )
}


class JobsClient:
    """Starts, lists and steers jobs; each call answers a job as JSON, as `schemas.jobs` describes it.

    Raises from every call:
        ServiceUnavailable: nothing answers, or the service cannot take the request now.
        ProtocolViolation: something else answers.
        Forbidden, FolderUnreadable, InvalidRequest, NotFound, Overloaded, Unauthorised, WrongState and their
            like: the service said so.
    """

    def __init__(self, url: str, *, api_key: SecretStr | None = None, seconds: float = SECONDS) -> None:
        self.url = url.rstrip("/")
        # JSON in ASCII can say names that are no UTF-8.
        headers = {"Content-Type": "application/json"}
        if api_key:
            headers["Authorization"] = f"Bearer {api_key.get_secret_value()}"
        self._http = httpx.Client(
            base_url=f"{self.url}/api/v1",
            headers=headers,
            timeout=seconds,
            transport=httpx.HTTPTransport(retries=RETRIES),
        )

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the client."""
        self.close()

    def ingest(
        self,
        directory: str,
        *,
        caption: bool | None = None,
        exclude: Sequence[str] = (),
        include: Sequence[str] = (),
        only: Sequence[str] = (),
        rest_seconds: float = 0.0,
    ) -> dict[str, Any]:
        """Have a directory ingested, or only some inside it, as the service's machine names them."""
        asked = {
            "directory": directory,
            "caption": caption,
            "exclude": [*exclude],
            "include": [*include],
            "only": [*only],
            "rest_seconds": rest_seconds,
        }
        return self._asked("POST", "/ingest", content=json.dumps(asked).encode("ascii"))

    def get(self, name: str) -> dict[str, Any]:
        """How far a job is."""
        return self._asked("GET", f"/jobs/{quote(name, safe='')}")

    def page(self, *, limit: int, cursor: str | None = None) -> dict[str, Any]:
        """Some jobs, newest first, as `jobs` and `next`."""
        chosen = {"limit": limit, "cursor": cursor}
        return self._asked("GET", "/jobs", params={k: v for k, v in chosen.items() if v is not None})

    def steer(self, verb: str, name: str) -> dict[str, Any]:
        """Have a job `cancel`, `pause`, `resume` or `retry`."""
        return self._asked("POST", f"/jobs/{quote(name, safe='')}/{verb}")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _asked(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            reply = self._http.request(method, path, **options)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServiceUnavailable(
                f"No service answers at {self.url}.", remedy="Start one with `pinakes serve ingest`."
            ) from error
        try:
            body = reply.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise ProtocolViolation(f"What answers at {self.url} is no Pinakes service that runs jobs.")
        if reply.is_success:
            return body
        raise _error_of(body, self.url)


def _error_of(problem: Mapping[str, Any], url: str) -> PinakesError:
    detail, remedy = str(problem.get("detail", "")), str(problem.get("remedy") or "")
    if problem.get("code") == errors.Overloaded.code:
        return errors.Overloaded(detail, retry_after=float(problem.get("retry_after") or 1.0), remedy=remedy)
    kind = _KINDS.get(str(problem.get("code")), ServiceUnavailable)
    return kind(detail or f"The service at {url} cannot do this now.", remedy=remedy)
