"""What a reply's status means, the same for every protocol, and whether asking again may help."""

from __future__ import annotations

from http import HTTPStatus

from pinakes.clients.exchange import Reply
from pinakes.core.errors import (
    DeadlineExceeded,
    Forbidden,
    ImageRefused,
    NotReady,
    Overloaded,
    PinakesError,
    ServiceUnavailable,
    TooLarge,
    Unauthorised,
    UnsupportedMedia,
)
from pinakes.core.types import Reason

#: Time to leave a busy service alone that does not say how long, seconds.
REST = 0.5

#: Statuses with which a proxy says that what stands behind it is away.
AWAY_STATUSES = frozenset(
    (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)
)

#: Statuses that find fault with what was sent, or with the model's work on it.
_REFUSING: dict[int, Reason] = {
    HTTPStatus.BAD_REQUEST: Reason.UNREADABLE,
    HTTPStatus.UNPROCESSABLE_ENTITY: Reason.UNREADABLE,
    HTTPStatus.FAILED_DEPENDENCY: Reason.MODEL_FAILED,
    HTTPStatus.INTERNAL_SERVER_ERROR: Reason.MODEL_FAILED,
}

#: Statuses that name an error of ours. What does not fit in memory may, in a smaller request.
_KINDS: dict[int, type[PinakesError]] = {
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.REQUEST_TIMEOUT: DeadlineExceeded,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: TooLarge,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: UnsupportedMedia,
    HTTPStatus.INSUFFICIENT_STORAGE: TooLarge,
}


def retry_after_of(reply: Reply) -> float:
    """Seconds that a reply asks to wait: `retry-after-ms`, else `Retry-After` where it is a number."""
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            return max(0.0, float(reply.headers.get(name, "")) / scale)
        except ValueError:
            continue
    return REST


def unavailable(where: str, why: str) -> ServiceUnavailable:
    """Return the error for a service that does not answer as one."""
    return ServiceUnavailable(
        f"No inference service answers at {where} ({why}).",
        remedy="Start one with `pinakes serve inference`, or embed with --mode local.",
    )


def unauthorised(where: str) -> Unauthorised:
    """Return the error for a service that wants another key."""
    return Unauthorised(f"The service at {where} wants a key.", remedy="Set PINAKES_CLIENT__API_KEY.")


def error_of_status(reply: Reply, where: str, told: str) -> PinakesError | None:
    """Return the error of a reply by its status alone; None for one whose meaning is its protocol's matter.

    Args:
        reply: any reply.
        where: base URL, for the message.
        told: what the reply's body says, or an empty string.
    """
    said = f"The service at {where} says: {told or f'status {reply.status}'}"
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Overloaded(said, retry_after=retry_after_of(reply))
    if reply.status == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in reply.headers:
        return NotReady(said, retry_after=retry_after_of(reply))
    if reply.status == HTTPStatus.UNAUTHORIZED:
        return unauthorised(where)
    if reply.status in AWAY_STATUSES:
        return unavailable(where, told or f"status {reply.status}")
    if reply.status in _REFUSING:
        return ImageRefused(_REFUSING[reply.status], said)
    kind = _KINDS.get(reply.status)
    return kind(said) if kind else None
