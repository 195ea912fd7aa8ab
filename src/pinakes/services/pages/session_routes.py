"""Signing in by a key: GET, POST and DELETE /api/v1/session."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import Headers
from starlette.responses import Response

from pinakes.core.errors import Overloaded, Unauthorised
from pinakes.schemas.sessions import SessionRequest, SessionState
from pinakes.services.http import sessions
from pinakes.services.http.answers import Json
from pinakes.services.http.keys import ALL_SCOPES, Keys, Pace

#: The path, which needs no key.
PATH = "/api/v1/session"

#: Keys that may be tried in a second, by everybody together.
TRIALS = 5.0


def session_routes(keys: Keys) -> APIRouter:
    """Make the routes, without a prefix."""
    router = APIRouter(tags=["session"])
    pace = Pace(TRIALS)

    @router.get(PATH, response_model=SessionState, summary="Whether a key is needed, and was given")
    def state(request: Request) -> Response:
        return Json(_state(keys, request.headers))

    @router.post(PATH, response_model=SessionState, summary="Give a key once, for a month of this browser")
    def sign_in(request: Request, asked: SessionRequest) -> Response:
        """Answer a cookie that scripts cannot read.

        Raises:
            Unauthorised: it is no key of this service.
            Overloaded: too many keys were tried.
        """
        wait = pace.take()
        if wait:
            raise Overloaded("Too many keys were tried.", retry_after=wait, remedy="Wait a moment.")
        answer = Json({"needs_key": bool(keys), "signed_in": True})
        if keys:
            key = _known(keys, asked.key)
            answer.set_cookie(
                sessions.COOKIE, sessions.opened(key), max_age=sessions.LASTING, **_form(request)
            )
        return answer

    @router.delete(PATH, response_model=SessionState, summary="Forget the key in this browser")
    def sign_out(request: Request) -> Response:
        answer = Json({"needs_key": bool(keys), "signed_in": not keys})
        answer.delete_cookie(sessions.COOKIE, **_form(request))
        return answer

    return router


def _known(keys: Keys, key: str) -> bytes:
    try:
        return keys.admit(f"Bearer {key}", ALL_SCOPES).digest
    except Unauthorised as error:
        raise Unauthorised("This is no key of this service.", remedy="Ask who runs it for one.") from error


def _state(keys: Keys, headers: Headers) -> dict[str, bool]:
    if not keys:
        return {"needs_key": False, "signed_in": True}
    try:
        keys.admit(headers.get("authorization", ""), ALL_SCOPES, sessions.given(headers, "GET"))
    except Unauthorised:
        return {"needs_key": True, "signed_in": False}
    return {"needs_key": True, "signed_in": True}


def _form(request: Request) -> dict[str, Any]:
    secure = request.url.scheme == "https"
    return {"path": "/", "httponly": True, "samesite": "strict", "secure": secure}
