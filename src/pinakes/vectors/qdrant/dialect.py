"""The client's words for our conditions and indexes, and our errors for its."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from pinakes.core.errors import (
    PinakesError,
    ProtocolViolation,
    ServiceUnavailable,
    StateUnusable,
    Unauthorised,
)
from pinakes.core.payload import Field, Kind


class Dialect:
    """Conditions as the client makes them."""

    def group(
        self, *, must: Sequence[Any] = (), should: Sequence[Any] = (), must_not: Sequence[Any] = ()
    ) -> Any:
        """A filter."""
        return models.Filter(
            must=list(must) or None, should=list(should) or None, must_not=list(must_not) or None
        )

    def any_of(self, field: str, values: list[Any]) -> Any:
        """The field holds one of the values."""
        return models.FieldCondition(key=field, match=models.MatchAny(any=values))

    def between(self, field: str, bounds: dict[str, float]) -> Any:
        """The field's number lies within the bounds."""
        return models.FieldCondition(key=field, range=models.Range(**bounds))

    def empty(self, field: str) -> Any:
        """The field is absent."""
        return models.IsEmptyCondition(is_empty=models.PayloadField(key=field))

    def ids(self, ids: Iterable[UUID]) -> Any:
        """The point is one of these."""
        return models.HasIdCondition(has_id=[str(key) for key in ids])


def field_index(field: Field, *, tenant: bool) -> Any:
    """The index of a field; the tenant's makes the points of each folder neighbours of one another."""
    if tenant:
        return models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
    if field.kind is Kind.INTEGER:
        return models.IntegerIndexParams(type=models.IntegerIndexType.INTEGER, lookup=True, range=True)
    if field.kind is Kind.NUMBER:
        return models.FloatIndexParams(type=models.FloatIndexType.FLOAT)
    return models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD)


class Server:
    """The client, until it is closed, with our errors for its."""

    def __init__(self, client: QdrantClient) -> None:
        self._client, self._closed = client, False

    @contextmanager
    def asked(self) -> Iterator[QdrantClient]:
        """The client, for one question.

        Raises:
            ServiceUnavailable: no server answers, or it says that it cannot now.
            Unauthorised: it does not know our key.
            ProtocolViolation: it refuses what it should take.
            StateUnusable: the client is closed.
        """
        if self._closed:
            raise StateUnusable("The vector store is closed.")
        try:
            yield self._client
        except ResponseHandlingException as error:
            raise ServiceUnavailable(
                f"No Qdrant server answers: {error}.",
                remedy="Start it, or set PINAKES_VECTORS__QDRANT_URL.",
            ) from error
        except UnexpectedResponse as error:
            raise _refusal(error.status_code or 0, error.reason_phrase) from error

    def close(self) -> None:
        """Release the connections."""
        if not self._closed:
            self._closed = True
            self._client.close()


def _refusal(status: int, reason: str) -> PinakesError:
    if status in (401, 403):
        return Unauthorised(
            "The Qdrant server does not take the key.", remedy="Set PINAKES_VECTORS__QDRANT_API_KEY."
        )
    if status >= 500 or status == 429:
        return ServiceUnavailable(f"The Qdrant server answers {status} {reason}.")
    return ProtocolViolation(f"The Qdrant server refuses a request of ours: {status} {reason}.")
