"""An embedder whose model lives in an inference service."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence

from pydantic import SecretStr

from pinakes.clients.answers import RAW, identity_of_health, outcomes_of
from pinakes.clients.connection import Connection, Exchange, Patience
from pinakes.core.errors import DeadlineExceeded, TooLarge
from pinakes.core.types import ModelIdentity, Reason, Refusal, Vector

#: Most pictures in one request: enough to fill a batch, few enough to lose little when one fails.
MAX_ITEMS = 16

#: Most bytes of pictures in one request, unless a single one is larger.
MAX_BYTES = 32 * 2**20

#: Largest health answer or problem that is read, bytes.
MAX_WORDS = 2**20


class HttpEmbedder:
    """Implements `Embedder` over HTTP with keep-alive; safe to use from several threads.

    Requests are repeated while the service is away, busy or loading, within `patience`. All embeddings of
    one embedder come from one model: when the service changes it, `embed` raises `ProtocolViolation`.

    Attributes:
        patience: how often a request is repeated.

    Args:
        base_url: where the service is, "http://host:port".
        api_key: bearer key, if the service wants one.
        seconds: time one request may take.
        patience: how often a request is repeated.
        sleep: how to pause between attempts.

    Raises:
        InvalidRequest: the base URL is none.
    """

    def __init__(
        self,
        base_url: str,
        *,
        patience: Patience,
        api_key: SecretStr | None = None,
        seconds: float = 30.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connection = Connection(base_url, api_key=api_key, seconds=seconds, sleep=sleep)
        self.patience = patience
        self._timeout_ms = str(max(1, round(seconds * 1000)))
        self._identity: ModelIdentity | None = None
        self._lock = threading.Lock()

    @property
    def base_url(self) -> str:
        """Where the service is, without a slash at the end."""
        return self._connection.base_url

    @property
    def identity(self) -> ModelIdentity:
        """The model that the service serves; asked for once.

        Raises:
            ServiceUnavailable: no service answers, or its model does not get ready.
            ProtocolViolation: something else answers.
            Unauthorised: the service wants a key.
        """
        return self.look(self.patience)

    def look(self, patience: Patience) -> ModelIdentity:
        """Return the identity, asking with a patience of its own; raises as `identity` does."""
        with self._lock:
            if self._identity is None:
                exchange = Exchange("GET", "/health", largest_answer=MAX_WORDS, headers={})
                reply = self._connection.ask(exchange, patience)
                self._identity = identity_of_health(reply, self._connection.violation)
            return self._identity

    def embed(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
        """Embed encoded pictures; see `Embedder.embed`. A refusal's detail may be shorter than in process."""
        return [outcome for outcomes in self.answers(images) for outcome in outcomes]

    def answers(self, images: Sequence[bytes]) -> Iterator[list[Vector | Refusal]]:
        """Yield the outcomes request by request, in order, so that those had are kept when one fails."""
        for some in portions(images):
            yield self._ask(some)

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def _ask(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
        """Embed in one request, or in several where the service finds one too large or too slow."""
        identity = self.identity
        largest = MAX_WORDS + 4 * identity.dimensions * len(images)
        headers = {"Accept": RAW, "X-Pinakes-Timeout-Ms": self._timeout_ms}
        content_type, content = body_of(images)
        exchange = Exchange("POST", "/embed", largest, {**headers, "Content-Type": content_type}, content)
        try:
            reply = self._connection.ask(exchange, self.patience)
        except (TooLarge, DeadlineExceeded) as error:
            if len(images) == 1:
                slow = isinstance(error, DeadlineExceeded)
                return [Refusal(Reason.TOO_SLOW if slow else Reason.TOO_MANY_BYTES, error.sentence)]
            middle = len(images) // 2
            return self._ask(images[:middle]) + self._ask(images[middle:])
        return outcomes_of(reply, len(images), identity, self._connection.violation)


def portions(images: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Cut pictures into runs of at most MAX_ITEMS and MAX_BYTES; a larger picture goes alone."""
    begin = held = 0
    for index, image in enumerate(images):
        if index > begin and (index - begin == MAX_ITEMS or held + len(image) > MAX_BYTES):
            yield images[begin:index]
            begin, held = index, 0
        held += len(image)
    if begin < len(images):
        yield images[begin:]


def body_of(images: Sequence[bytes]) -> tuple[str, bytes]:
    """Return Content-Type and body: one picture as it is, several as multipart/form-data."""
    if len(images) == 1:
        return "application/octet-stream", images[0]
    boundary = uuid.uuid4().hex
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="images"; filename="picture"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
    parts = b"".join(piece for image in images for piece in (head, image, b"\r\n"))
    return f"multipart/form-data; boundary={boundary}", parts + f"--{boundary}--\r\n".encode()
