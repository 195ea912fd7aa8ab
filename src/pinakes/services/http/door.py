"""What every request of every service passes first: its id, its key, how much it brings, its log line."""

from __future__ import annotations

import ipaddress
import re
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from pinakes.core import logging
from pinakes.core.errors import Forbidden, InvalidRequest, PinakesError, TooLarge
from pinakes.core.settings import KeyScope
from pinakes.services.http import sessions
from pinakes.services.http.keys import ALL_SCOPES, Keys
from pinakes.services.http.problems import ErrorForms

#: Form of a request id taken over from a caller; any other is replaced.
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

#: Longest path that is written into the log, characters.
LOGGED_PATH = 200

#: Status in the log of a request whose client went away before its answer began.
CLIENT_GONE = 499

#: Tells of a request, by its method and path, the scopes of which a key must have one.
AllowedScopes = Callable[[str, str], frozenset[KeyScope]]


def any_scope(_method: str, _path: str) -> frozenset[KeyScope]:
    """Every key may do everything."""
    return ALL_SCOPES


class Door:
    """ASGI middleware: checks a request before its body is read, turns any error into a problem, and logs.

    With keys, every path but `open_paths` wants `Authorization: Bearer <key>`. Without one the service
    is on loopback only, and requests that come through another host name (DNS rebinding) or from
    a page of another site (`Origin`) are refused, so that no web page can use what listens on this machine.

    Routes find `request.state.request_id`, `request.state.key` (the key's name, or empty), and
    `request.state.noted`, a dict whose entries join the request's line in the log.

    Args:
        keys: who may ask; none for anybody on this machine.
        allowed: the scopes that allow a request.
        open_paths: paths that need no key, and are logged at debug only; one that ends in a slash stands for
            all below it.
        max_body_bytes: largest declared body; a body without Content-Length is bounded where it is read.
        forms: how errors are written.
        larger: paths that take larger bodies, and how large, bytes.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        keys: Keys,
        allowed: AllowedScopes,
        open_paths: Collection[str],
        max_body_bytes: int,
        forms: ErrorForms,
        larger: Mapping[str, int],
    ) -> None:
        self._app = app
        self._forms = forms
        self._keys = keys
        self._allowed = allowed
        self._open_paths = frozenset(open_paths)
        self._open_below = tuple(path for path in open_paths if path.endswith("/") and path != "/")
        self._max_body_bytes, self._larger = max_body_bytes, larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        state = scope.setdefault("state", {})
        state |= {"request_id": _request_id(headers), "key": "", "noted": {}}
        answer = _Answer(send, state["request_id"])
        began = time.monotonic()
        with bound_contextvars(request_id=state["request_id"]):
            try:
                self._check(scope, headers)
                await self._app(_routed(scope), receive, answer.send)
            except Exception as error:
                if answer.status:
                    raise
                told = _told(error, scope["path"])
                response = self._forms.response(told, path=scope["path"], request_id=state["request_id"])
                await response(scope, receive, answer.send)
            finally:
                self._log(scope, answer.status or CLIENT_GONE, time.monotonic() - began)

    def _check(self, scope: Scope, headers: Headers) -> None:
        path = scope["path"]
        if not self._keys:
            _refuse_foreign_pages(headers)
        elif not self._is_open(path):
            allowed = self._allowed(scope["method"], path)
            session = sessions.given(headers, scope["method"])
            key = self._keys.admit(headers.get("authorization", ""), allowed, session)
            scope["state"]["key"] = key.name
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit():
            raise InvalidRequest("Content-Length must be a whole number of bytes.")
        most = self._larger.get(path, self._max_body_bytes)
        if int(length) > most:
            raise TooLarge(f"The request is {int(length):,} bytes; at most {most:,} are taken.")

    def _is_open(self, path: str) -> bool:
        return path in self._open_paths or path.startswith(self._open_below)

    def _log(self, scope: Scope, status: int, seconds: float) -> None:
        """Write the request's line: never its contents, its query or its headers."""
        log = logging.get("services")
        write = log.debug if self._is_open(scope["path"]) else log.info
        state: dict[str, Any] = scope["state"]
        write(
            "request",
            method=scope["method"],
            path=scope.get("raw_path", b"").decode("ascii", "replace")[:LOGGED_PATH],
            status=int(status),
            ms=round(seconds * 1000, 1),
            **({"key": state["key"]} if state["key"] else {}),
            **state["noted"],
        )


class _Answer:
    """The answer on its way out: gives it the request's id, and remembers its status (0 before it began)."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message)["X-Request-Id"] = self._request_id
        await self._send(message)


def _routed(scope: Scope) -> Scope:
    """What is routed: HEAD as GET, for what answers one answers the other; the server leaves the body out."""
    return {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope


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
