"""The dialect of a BentoML service: one route, pictures as multipart files, rows of numbers back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import quote

from pinakes.clients.exchange import Dialogue, Exchange
from pinakes.clients.protocols.base import Served
from pinakes.clients.protocols.foreign import Foreign, probe_picture
from pinakes.clients.protocols.multipart import multipart
from pinakes.clients.protocols.numbers import rows_of
from pinakes.core.types import Refusal, Vector

#: Route of the API method that embeds pictures, where no other is named.
ROUTE = "embed"


class BentoMlDialect(Foreign):
    """Implements `Dialect` for a BentoML service whose method takes `images`, a list of pictures.

    Args:
        where: base URL, for messages.
        model: route of the method that embeds pictures; "embed" if None.
        text_model: route of the method that takes `texts`, a list of words.
    """

    def __init__(self, where: str, *, model: str | None = None, text_model: str | None = None) -> None:
        super().__init__(where, "a BentoML service")
        self._route = (model or ROUTE).strip("/")
        self._text_route = text_model and text_model.strip("/")

    def look(self) -> Dialogue[Served]:
        """See `Dialect.look`; the dimensions are learnt from a small picture."""
        yield from self.ping()
        rows = yield from self._rows([probe_picture()])
        return Served(self._identity(self._route, rows, {}, "bentoml"))

    def ping(self) -> Dialogue[None]:
        """See `Dialect.ping`."""
        yield Exchange("GET", "/readyz")

    def embed(self, images: Sequence[bytes]) -> Dialogue[list[Vector | Refusal]]:
        """See `Dialect.embed`."""
        return list((yield from self._rows(images)))

    def embed_texts(self, texts: Sequence[str]) -> Dialogue[list[Vector | Refusal]]:
        """See `Dialect.embed_texts`."""
        if self._text_route is None:
            self._wordless("words", "Set PINAKES_CLIENT__TEXT_MODEL to the route that embeds them.")
        return self._texts(self._text_route, texts)

    def _texts(self, route: str, texts: Sequence[str]) -> Dialogue[list[Vector | Refusal]]:
        content = json.dumps({"texts": list(texts)}).encode()
        headers = {"Content-Type": "application/json"}
        reply = yield Exchange("POST", f"/{quote(route)}", self._room(len(texts)), headers, content)
        return self._units(rows_of(reply.json()), len(texts))

    def _rows(self, images: Sequence[bytes]) -> Dialogue[list[Vector]]:
        content_type, content = multipart("images", images)
        headers = {"Content-Type": content_type, "Accept": "application/json"}
        reply = yield Exchange("POST", f"/{quote(self._route)}", self._room(len(images)), headers, content)
        return self._vectors(rows_of(reply.json()), len(images))
