"""Errors in the words of the protocol: one string on every path, and gRPC's status codes."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from pinakes.core.errors import PinakesError
from pinakes.services.http.problems import status_of

#: gRPC's name for each HTTP status of an error; any other is INTERNAL. What is too large is not
#: RESOURCE_EXHAUSTED, which is for what may succeed later.
CODES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    413: "INVALID_ARGUMENT",
    415: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
    507: "RESOURCE_EXHAUSTED",
}


def error_form(error: PinakesError, status: int, headers: Mapping[str, str], _request_id: str) -> Response:
    """Write an error as `{"error": sentence}`; clients read nothing else, and only as application/json."""
    return JSONResponse({"error": error.sentence}, status_code=status, headers=dict(headers))


def code_of(error: PinakesError) -> str:
    """Name of the gRPC status code of an error."""
    return CODES.get(status_of(error), "INTERNAL")
