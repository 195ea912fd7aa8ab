"""Errors as OpenAI's SDK reads them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import orjson
from starlette.responses import Response

from pinakes.core.errors import ImageRefused, Overloaded, PinakesError, Unauthorised
from pinakes.services.inference.asked import InvalidField, ModelNotFound

#: OpenAI's own codes, where it has one for what happened.
CODES: dict[type[PinakesError], str] = {
    ModelNotFound: "model_not_found",
    Overloaded: "rate_limit_exceeded",
    Unauthorised: "invalid_api_key",
}


def openai_error(
    error: PinakesError, status: int, headers: Mapping[str, str], _request_id: str = ""
) -> Response:
    """Answer an error; see `services.http.problems.ErrorForm`."""
    body = {
        "error": {
            "message": error.sentence,
            "type": _type(status),
            "param": _parameter(error),
            "code": _code(error),
        }
    }
    return Response(
        orjson.dumps(body), status_code=status, headers=dict(headers), media_type="application/json"
    )


def _type(status: int) -> str:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "requests"
    return "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"


def _parameter(error: PinakesError) -> str | None:
    if isinstance(error, ModelNotFound):
        return "model"
    return error.field if isinstance(error, InvalidField) else None


def _code(error: PinakesError) -> str:
    if isinstance(error, ImageRefused):
        return str(error.reason)
    return CODES.get(type(error), error.code)
