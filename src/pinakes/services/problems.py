"""The one table from the product's errors to HTTP, and the answers made with it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from http import HTTPStatus

from starlette.responses import Response

from pinakes.core import errors
from pinakes.core.errors import PinakesError
from pinakes.schemas.embeddings import RefusedImage
from pinakes.schemas.problem import PROBLEM_MEDIA_TYPE, Problem

#: HTTP status of each error; a class that is absent has its parent's, and the root is 500.
STATUS: dict[type[PinakesError], int] = {
    PinakesError: 500,
    errors.InvalidRequest: 400,
    errors.ImageRefused: 400,
    errors.Unauthorised: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.UploadStalled: 408,
    errors.ReadOnlyFolder: 409,
    errors.StateBusy: 409,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.FolderUnreadable: 422,
    errors.Overloaded: 429,
    errors.ModelFailed: 500,
    errors.ProtocolViolation: 502,
    errors.NotReady: 503,
    errors.ServiceUnavailable: 503,
    errors.ModelUnusable: 503,
    errors.DeadlineExceeded: 504,
    errors.DiskFull: 507,
    errors.OutOfMemory: 507,
}

#: Statuses that a second attempt would only repeat, said to clients that retry every 5xx.
FINAL_STATUSES = frozenset({500, 504, 507})


def status_of(error: PinakesError) -> int:
    """HTTP status of an error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem_response(
    error: PinakesError,
    *,
    request_id: str = "",
    status: int | None = None,
    refused: Sequence[RefusedImage] | None = None,
) -> Response:
    """Answer a request with an error as `application/problem+json`.

    The status is the table's unless given. Errors that carry `retry_after` (seconds) send it as
    Retry-After (whole seconds, rounded up) and retry-after-ms.
    """
    status = status_of(error) if status is None else status
    retry_after: float | None = getattr(error, "retry_after", None)
    problem = Problem(
        type=f"urn:pinakes:problem:{error.code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=error.code,
        detail=str(error),
        remedy=error.remedy,
        request_id=request_id,
        retry_after=retry_after,
        refused=None if refused is None else list(refused),
    )
    return Response(
        problem.model_dump_json(exclude_none=True),
        status_code=status,
        headers=_headers(status, retry_after),
        media_type=PROBLEM_MEDIA_TYPE,
    )


def _headers(status: int, retry_after: float | None) -> dict[str, str]:
    headers = {}
    if retry_after is not None:
        headers["Retry-After"] = str(math.ceil(retry_after))
        headers["retry-after-ms"] = str(math.ceil(retry_after * 1000))
    if status in FINAL_STATUSES:
        headers["x-should-retry"] = "false"
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return headers
