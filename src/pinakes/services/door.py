"""What every request of every service passes first: its id, who may ask, how much it may bring."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import uuid
from collections.abc import Collection
from urllib.parse import urlsplit

from pydantic import SecretStr
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from pinakes.core import logging
from pinakes.core.errors import Forbidden, InvalidRequest, PinakesError, TooLarge, Unauthorised
from pinakes.services.problems import ErrorForms

#: Form of a request id taken over from a caller; any other is replaced.
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Door:
    """ASGI middleware: checks a request before its body is read, and turns any error into a problem.

    With a key, every path but `open_paths` wants `Authorization: Bearer <key>`. Without one the service
    is on loopback only, and requests that come through another host name (DNS rebinding) or from
    a page of another site (`Origin`) are refused, so that no web page can use what listens on this machine.

    Args:
        api_key: the key callers must send; None or empty for no key.
        open_paths: paths that need no key.
        max_body_bytes: largest declared body; a body without Content-Length is bounded where it is read.
        forms: how errors are written.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        api_key: SecretStr | None,
        open_paths: Collection[str],
        max_body_bytes: int,
        forms: ErrorForms,
    ) -> None:
        self._app = app
        self._forms = forms
        self._key = _digest(api_key.get_secret_value()) if has_key(api_key) and api_key else None
        self._open_paths = frozenset(open_paths)
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _request_id(headers)
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        with bound_contextvars(request_id=request_id):
            try:
                self._check(scope["path"], headers)
                await self._app(scope, receive, send_with_id)
            except Exception as error:
                if started:
                    raise
                told = _told(error, scope["path"])
                response = self._forms.response(told, path=scope["path"], request_id=request_id)
                await response(scope, receive, send_with_id)

    def _check(self, path: str, headers: Headers) -> None:
        if self._key is None:
            _refuse_foreign_pages(headers)
        elif path not in self._open_paths:
            self._refuse_without_key(headers)
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit():
            raise InvalidRequest("Content-Length must be a whole number of bytes.")
        if int(length) > self._max_body_bytes:
            raise TooLarge(
                f"The request is {int(length):,} bytes; at most {self._max_body_bytes:,} are taken."
            )

    def _refuse_without_key(self, headers: Headers) -> None:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(_digest(given.strip()), self._key or b""):
            raise Unauthorised(
                "This service needs a key.", remedy="Send it as the header Authorization: Bearer <key>."
            )


def has_key(api_key: SecretStr | None) -> bool:
    """Whether a key is set; an empty one is none."""
    return api_key is not None and bool(api_key.get_secret_value().strip())


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    if host.lower().rstrip(".") == "localhost" or host.lower().endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _refuse_foreign_pages(headers: Headers) -> None:
    host = headers.get("host", "localhost")
    if not is_loopback(urlsplit(f"//{host}").hostname or ""):
        raise Forbidden(
            "Without a key this service answers only to localhost.",
            remedy="Set an API key to reach it by another name.",
        )
    origin = headers.get("origin")
    if origin is not None and not is_loopback(urlsplit(origin).hostname or ""):
        raise Forbidden("Pages of another site may not use this service.")


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _told(error: Exception, path: str) -> PinakesError:
    """Return the error to show; one that was not raised on purpose is logged and shows nothing of itself."""
    if isinstance(error, PinakesError):
        return error
    logging.get("services").error("unexpected-error", path=path, exc_info=error)
    return PinakesError(
        "The service failed on this request.", remedy="Its log tells more, under the request id."
    )


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
