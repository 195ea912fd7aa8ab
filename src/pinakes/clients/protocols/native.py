"""The dialect of our own inference service."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import quote, urlencode

import numpy as np
from numpy.typing import NDArray

from pinakes.clients.exchange import MAX_WORDS, Dialogue, Exchange, Reply
from pinakes.clients.protocols.base import Labelled, Served
from pinakes.clients.protocols.multipart import multipart
from pinakes.clients.protocols.native_answers import (
    RAW,
    captions_of,
    is_absent,
    labels_of,
    outcomes_of,
    served_of_health,
)
from pinakes.clients.statuses import AWAY_STATUSES, REST, error_of_status, unauthorised, unavailable
from pinakes.core.errors import (
    DeadlineExceeded,
    Forbidden,
    InvalidRequest,
    NotFound,
    NotReady,
    Overloaded,
    PinakesError,
    ProtocolViolation,
    TooLarge,
    Unauthorised,
    UnsupportedMedia,
)
from pinakes.core.types import Caption, Refusal, Vector
from pinakes.schemas.problem import Problem

#: Media type of pictures already reduced to pixels: one uint8 array (n, side, side, 3).
PIXELS = "application/x-npy"

#: Largest caption or list of labels of one picture, bytes of JSON.
MAX_WORDS_EACH = 16 * 1024

#: Errors that a service names and that its client raises again as they are.
_KINDS: dict[str, type[PinakesError]] = {
    kind.code: kind for kind in (DeadlineExceeded, Forbidden, InvalidRequest, TooLarge, UnsupportedMedia)
}

#: How urgent a client's requests are beside those of others.
Priority = Literal["interactive", "normal", "bulk"]


class NativeDialect:
    """Implements `Dialect` for `pinakes serve inference`.

    Args:
        where: base URL, for messages.
        model: name of the model wanted; the service's first if None.
        seconds: time one request may take, told to the service.
        priority: how urgent the requests are, told to the service.
        client: name of this client, told to the service, which is fair between them.
    """

    most_items = 16

    def __init__(
        self,
        where: str,
        *,
        model: str | None = None,
        seconds: float = 30.0,
        priority: Priority = "normal",
        client: str = "",
    ) -> None:
        self._where = where
        self._model = model
        self._headers = {
            "X-Pinakes-Timeout-Ms": str(max(1, round(seconds * 1000))),
            "X-Pinakes-Priority": priority,
        } | ({"X-Pinakes-Client": client} if client else {})
        self._served: Served | None = None

    def look(self) -> Dialogue[Served]:
        """See `Dialect.look`."""
        reply = yield Exchange("GET", "/health")
        if self._model and is_absent(reply, self._model):
            yield Exchange("POST", f"/models/{quote(self._model)}/load")
            reply = yield Exchange("GET", "/health")
        self._served = served_of_health(reply, self._model, self.violation)
        return self._served

    def ping(self) -> Dialogue[None]:
        """See `Dialect.ping`."""
        yield Exchange("GET", "/health")

    def embed(self, images: Sequence[bytes]) -> Dialogue[list[Vector | Refusal]]:
        """See `Dialect.embed`."""
        return self._embed(len(images), *body_of(images))

    def embed_arrays(self, arrays: Sequence[NDArray[Any]]) -> Dialogue[list[Vector | Refusal]]:
        """See `Dialect.embed_arrays`."""
        stream = io.BytesIO()
        np.save(stream, np.stack(arrays), allow_pickle=False)
        return self._embed(len(arrays), PIXELS, stream.getvalue())

    def embed_texts(self, texts: Sequence[str]) -> Dialogue[list[Vector | Refusal]]:
        """See `Dialect.embed_texts`."""
        return self._embed(len(texts), "application/json", json.dumps({"texts": list(texts)}).encode())

    def caption(self, images: Sequence[bytes]) -> Dialogue[list[Caption | Refusal]]:
        """See `Dialect.caption`."""
        reply = yield self._asking("/caption", len(images) * MAX_WORDS_EACH, *body_of(images))
        return captions_of(reply, len(images), self.violation)

    def label(
        self, images: Sequence[bytes], labels: Sequence[str]
    ) -> Dialogue[list[tuple[Labelled, ...] | Refusal]]:
        """See `Dialect.label`."""
        body = multipart("images", images, (("labels", label) for label in labels))
        largest = len(images) * (MAX_WORDS_EACH + 8 * sum(len(label) + 64 for label in labels))
        reply = yield self._asking("/labels", largest, *body)
        return labels_of(reply, len(images), self.violation)

    def _embed(self, count: int, content_type: str, content: bytes) -> Dialogue[list[Vector | Refusal]]:
        served = self._served or (yield from self.look())
        largest = 4 * served.identity.dimensions * count
        reply = yield self._asking("/embed", largest, content_type, content, {"Accept": RAW})
        return outcomes_of(reply, count, served.identity, self.violation)

    def _asking(
        self,
        path: str,
        largest: int,
        content_type: str,
        content: bytes,
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        query = f"?{urlencode({'model': self._model})}" if self._model else ""
        described = {**self._headers, **(headers or {}), "Content-Type": content_type}
        return Exchange("POST", path + query, MAX_WORDS + largest, described, content)

    def error_of(self, reply: Reply) -> PinakesError | None:
        """See `Dialect.error_of`; a problem that lists each refused picture is an answer."""
        if reply.status in (HTTPStatus.OK, HTTPStatus.ACCEPTED):
            return None
        problem = reply.problem()
        if problem is None:
            return self._wordless(reply)
        return self._named(problem) if problem.refused is None else None

    def _wordless(self, reply: Reply) -> PinakesError:
        """Return the error for a status that came without a problem."""
        if reply.status == HTTPStatus.SERVICE_UNAVAILABLE and b'"failed"' in reply.body:
            return unavailable(self._where, "its model could not be loaded")
        if reply.status == HTTPStatus.SERVICE_UNAVAILABLE and b'"status"' in reply.body:
            return NotReady("Its model cannot serve yet.")
        if reply.status in AWAY_STATUSES:
            return unavailable(self._where, f"status {reply.status}")
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS:  # a proxy in between limits the rate
            return error_of_status(reply, self._where, "") or self.violation("nothing")
        return self.violation(f"status {reply.status} ({reply.media_type or 'no media type'})")

    def _named(self, problem: Problem) -> PinakesError:
        """Return the error that the service raised, as its class here."""
        if problem.code == NotFound.code and self._served is not None:
            return InvalidRequest(
                problem.detail, remedy=problem.remedy
            )  # no such model, or none for the task
        if problem.status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
            return self.violation(f"status {problem.status} ({problem.detail})")
        if problem.code == Overloaded.code:
            return Overloaded(problem.detail, retry_after=problem.retry_after or REST)
        if problem.code == NotReady.code:
            return NotReady(problem.detail, retry_after=problem.retry_after or REST)
        if problem.code == Unauthorised.code:
            return unauthorised(self._where)
        kind = _KINDS.get(problem.code)
        if kind is None:
            return unavailable(self._where, problem.detail)
        return kind(problem.detail, remedy=problem.remedy)

    def violation(self, what: str) -> ProtocolViolation:
        """See `Dialect.violation`."""
        return ProtocolViolation(
            f"What answers at {self._where} is no Pinakes inference service: it sent {what}.",
            remedy="Check the service URL, and PINAKES_CLIENT__PROTOCOL for the server of somebody else.",
        )


def body_of(images: Sequence[bytes]) -> tuple[str, bytes]:
    """Return Content-Type and body: one picture as it is, several as multipart/form-data."""
    if len(images) == 1:
        return "application/octet-stream", images[0]
    return multipart("images", images)
