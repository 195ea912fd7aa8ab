"""The dialect of TorchServe: one input a request, batched by the server, numbers back."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from pinakes.clients.exchange import Dialogue, Exchange
from pinakes.clients.protocols.base import Served
from pinakes.clients.protocols.foreign import Foreign, probe_picture
from pinakes.clients.protocols.numbers import rows_of
from pinakes.core.errors import InvalidRequest
from pinakes.core.types import Refusal, Vector


class TorchServeDialect(Foreign):
    """Implements `Dialect` for TorchServe's inference port, whose handler answers with an embedding.

    Args:
        where: base URL, for messages.
        model: name of the model that embeds pictures.
        text_model: name of the model that embeds words, sent as plain text.
    """

    most_items = 1

    def __init__(self, where: str, *, model: str | None = None, text_model: str | None = None) -> None:
        super().__init__(where, "a TorchServe service")
        self._model = model
        self._text_model = text_model

    def look(self) -> Dialogue[Served]:
        """See `Dialect.look`; the dimensions are learnt from a small picture."""
        if self._model is None:
            raise InvalidRequest(
                "TorchServe does not say on this port which models it has.",
                remedy="Set PINAKES_CLIENT__MODEL to the name of one.",
            )
        yield from self.ping()
        rows = yield from self._rows(self._model, probe_picture(), "application/octet-stream")
        return Served(self._identity(self._model, rows, {}, "torchserve"))

    def ping(self) -> Dialogue[None]:
        """See `Dialect.ping`."""
        yield Exchange("GET", "/ping")

    def embed(self, images: Sequence[bytes]) -> Dialogue[list[Vector | Refusal]]:
        """See `Dialect.embed`."""
        return self._each(self._model, images, "application/octet-stream")

    def embed_texts(self, texts: Sequence[str]) -> Dialogue[list[Vector | Refusal]]:
        """See `Dialect.embed_texts`."""
        if self._text_model is None:
            self._wordless("words", "Set PINAKES_CLIENT__TEXT_MODEL to the model that embeds them.")
        return self._each(self._text_model, [text.encode() for text in texts], "text/plain; charset=utf-8")

    def _each(
        self, model: str | None, inputs: Sequence[bytes], content_type: str
    ) -> Dialogue[list[Vector | Refusal]]:
        found: list[Vector | Refusal] = []
        for content in inputs:
            found += yield from self._rows(str(model), content, content_type)
        return found

    def _rows(self, model: str, content: bytes, content_type: str) -> Dialogue[list[Vector]]:
        headers = {"Content-Type": content_type}
        reply = yield Exchange("POST", f"/predictions/{quote(model)}", self._room(1), headers, content)
        return self._vectors(rows_of(reply.json()), 1)
