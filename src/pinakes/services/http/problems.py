"""The one table from the product's errors to HTTP, and the answers made with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
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
    errors.WrongState: 409,
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

#: Writes an error in the words of one protocol, with the status and headers that HTTP has for it.
ErrorForm = Callable[[PinakesError, int, Mapping[str, str], str], Response]

#: Statuses that a second attempt would only repeat, said to clients that retry every 5xx.
FINAL_STATUSES = frozenset({500, 504, 507})


def status_of(error: PinakesError) -> int:
    """HTTP status of an error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


class ErrorForms:
    """How errors are written, by the beginning of the path; problems (RFC 9457) where nothing else is set.

    Clients of one protocol cannot read the errors of another: each prefix answers in its own. Where
    several fit, the first does.

    Args:
        forms: by prefix.
        counted: hears of every error that is answered.
    """

    def __init__(
        self,
        forms: Mapping[str, ErrorForm] | None = None,
        *,
        counted: Callable[[PinakesError], None] | None = None,
    ) -> None:
        self._forms = dict(forms or {})
        self._counted = counted

    def response(
        self, error: PinakesError, *, path: str, request_id: str, status: int | None = None
    ) -> Response:
        """Answer an error that a request at `path` met; the status is the table's unless given."""
        if self._counted is not None:
            self._counted(error)
        form = next((form for prefix, form in self._forms.items() if path.startswith(prefix)), None)
        if form is None:
            return problem_response(error, request_id=request_id, status=status)
        status = status_of(error) if status is None else status
        return form(error, status, headers_of(error, status), request_id)


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
    problem = Problem(
        type=f"urn:pinakes:problem:{error.code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=error.code,
        detail=str(error),
        remedy=error.remedy,
        request_id=request_id,
        retry_after=getattr(error, "retry_after", None),
        start=getattr(error, "start", None),
        end=getattr(error, "end", None),
        pointer=getattr(error, "pointer", None),
        refused=None if refused is None else list(refused),
    )
    return Response(
        problem.model_dump_json(exclude_none=True),
        status_code=status,
        headers=headers_of(error, status),
        media_type=PROBLEM_MEDIA_TYPE,
    )


def headers_of(error: PinakesError, status: int) -> dict[str, str]:
    """Headers that tell a client whether, and when, to try again."""
    retry_after: float | None = getattr(error, "retry_after", None)
    headers = {}
    if retry_after is not None:
        headers["Retry-After"] = str(math.ceil(retry_after))
        headers["retry-after-ms"] = str(math.ceil(retry_after * 1000))
        headers |= _limits(error, headers["Retry-After"])
    if status in FINAL_STATUSES:
        headers["x-should-retry"] = "false"
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def _limits(error: PinakesError, reset: str) -> dict[str, str]:
    """What proxies and libraries that pace themselves read (draft-ietf-httpapi-ratelimit-headers-03)."""
    if not isinstance(error, errors.Overloaded):
        return {}
    limit = {} if error.limit is None else {"RateLimit-Limit": str(error.limit)}
    return {**limit, "RateLimit-Remaining": "0", "RateLimit-Reset": reset}
