"""What the dialects of other people's servers have in common: no captions, no refusals, words by status."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pinakes.clients.exchange import Dialogue, Reply
from pinakes.clients.protocols.base import UNSTATED, Labelled
from pinakes.clients.statuses import error_of_status
from pinakes.core.errors import InvalidRequest, PinakesError, ProtocolViolation
from pinakes.core.types import Caption, ModelIdentity, Refusal, Vector

#: Most bytes of JSON that one number of an answer takes, and least room for an answer.
NUMBER_BYTES, LEAST_ROOM = 32, 4 * 2**20

#: Side of the picture that is sent to learn what a server answers, pixels.
PROBE_SIDE = 64


class Foreign:
    """Base of dialects that answer a whole request or nothing, and only in numbers.

    Args:
        where: base URL, for messages.
        kind: what a server of this dialect is called, with its article.
    """

    most_items = 16

    def __init__(self, where: str, kind: str) -> None:
        self._where = where
        self._kind = kind
        self._dimensions: int | None = None

    def embed_arrays(self, arrays: Sequence[NDArray[Any]]) -> Dialogue[list[Vector | Refusal]]:
        """See `Dialect.embed_arrays`."""
        self._wordless("pixels")

    def embed_texts(self, texts: Sequence[str]) -> Dialogue[list[Vector | Refusal]]:
        """See `Dialect.embed_texts`."""
        self._wordless("words", "Set PINAKES_CLIENT__TEXT_MODEL to what embeds them.")

    def caption(self, images: Sequence[bytes]) -> Dialogue[list[Caption | Refusal]]:
        """See `Dialect.caption`."""
        self._wordless("captions", "Ask a Pinakes service for them.")

    def label(
        self, images: Sequence[bytes], labels: Sequence[str]
    ) -> Dialogue[list[tuple[Labelled, ...] | Refusal]]:
        """See `Dialect.label`."""
        self._wordless("labels", "Ask a Pinakes service for them.")

    def error_of(self, reply: Reply) -> PinakesError | None:
        """See `Dialect.error_of`."""
        if reply.status == HTTPStatus.OK:
            return None
        told = sentence_of(reply)
        if reply.status == HTTPStatus.NOT_FOUND:
            return InvalidRequest(
                f"{self._kind[0].upper() + self._kind[1:]} at {self._where} does not know what is asked"
                f"{f': {told}' if told else ' (status 404)'}.",
                remedy="Check the URL, PINAKES_CLIENT__PROTOCOL and PINAKES_CLIENT__MODEL.",
            )
        return error_of_status(reply, self._where, told) or self.violation(f"status {reply.status}")

    def violation(self, what: str) -> ProtocolViolation:
        """See `Dialect.violation`."""
        return ProtocolViolation(
            f"What answers at {self._where} is not {self._kind}: it sent {what}.",
            remedy="Check the service URL and PINAKES_CLIENT__PROTOCOL.",
        )

    def _identity(
        self, name: str, rows: Sequence[Vector], told: dict[str, Any], preprocess: str
    ) -> ModelIdentity:
        """Return the identity of a server that answered with `rows`; what it does not say is unstated."""
        self._dimensions = len(rows[0])
        revision = str(told.get("revision") or UNSTATED)
        return ModelIdentity(name, revision, str(told.get("preprocess") or preprocess), self._dimensions)

    def _units(self, numbers: ArrayLike, count: int) -> list[Vector | Refusal]:
        """Return rows of numbers as unit vectors, or raise the violation."""
        return list(self._vectors(numbers, count))

    def _vectors(self, numbers: ArrayLike, count: int) -> list[Vector]:
        try:
            rows = np.asarray(numbers, dtype=np.float64)
            if rows.ndim > 1 and len(rows) != count:
                raise ValueError(f"{len(rows)} rows")
            rows = rows.reshape(count, -1)
        except (TypeError, ValueError) as error:
            raise self.violation(f"what are not {count} rows of numbers") from error
        if rows.shape[1] != (self._dimensions or rows.shape[1]) or rows.shape[1] < 2:
            raise self.violation(f"embeddings of {rows.shape[1]} numbers, not {self._dimensions or 'some'}")
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        if not (np.isfinite(lengths).all() and (lengths > 0).all()):
            raise self.violation("an embedding that points nowhere")
        return list((rows / lengths).astype(np.float32))

    def _room(self, count: int) -> int:
        return LEAST_ROOM + NUMBER_BYTES * (self._dimensions or 0) * count

    def _wordless(self, what: str, remedy: str = "") -> NoReturn:
        raise InvalidRequest(f"The client has no way to ask {self._kind} for {what}.", remedy=remedy)


def sentence_of(reply: Reply) -> str:
    """What an error's body says: the text under `error`, `message` or `detail`, however they are nested."""
    told = reply.json()
    for _ in range(3):
        if isinstance(told, dict):
            told = next((told[key] for key in ("error", "message", "detail", "msg") if told.get(key)), "")
        if isinstance(told, list):
            told = told[0] if told else ""
    return told.strip().rstrip(".")[:500] if isinstance(told, str) else ""


@cache
def probe_picture() -> bytes:
    """A small PNG with some detail, which every server that embeds pictures can read."""
    shades = np.add.outer(np.arange(PROBE_SIDE) * 3, np.arange(PROBE_SIDE)) % 256
    pixels = np.stack([shades, shades.T, 255 - shades], axis=-1).astype(np.uint8)
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)
    header = struct.pack(">IIBBBBB", PROBE_SIDE, PROBE_SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )
