"""The dialect of OpenAI-style servers: words as everywhere, pictures in the three forms that servers take."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import numpy as np

from pinakes.clients.agreement import LEAST_COSINE
from pinakes.clients.exchange import Dialogue, Exchange
from pinakes.clients.protocols.base import Served
from pinakes.clients.protocols.foreign import Foreign, probe_picture
from pinakes.clients.protocols.numbers import rows_of
from pinakes.core.errors import (
    ImageRefused,
    InvalidRequest,
    ProtocolViolation,
    TooLarge,
    UnsupportedMedia,
)
from pinakes.core.types import Refusal, Vector

#: How pictures are written into a request: Jina's objects, vLLM's messages, infinity's modality.
PictureForm = Literal["jina", "messages", "infinity"]

#: Media types by the first bytes of a picture.
_MEDIA_TYPES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG", "image/png"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
    (b"BM", "image/bmp"),
)

#: Answers to a form of picture that a server does not know.
_UNKNOWN_FORM = (ImageRefused, InvalidRequest, ProtocolViolation, TooLarge, UnsupportedMedia)


class OpenAiDialect(Foreign):
    """Implements `Dialect` for `POST /v1/embeddings`.

    Args:
        where: base URL, with or without `/v1`.
        model: name of the model; the server's first if None.
        picture_form: how it takes pictures; "auto" asks with a small one in each form.
    """

    def __init__(
        self, where: str, *, model: str | None = None, picture_form: PictureForm | Literal["auto"] = "auto"
    ) -> None:
        super().__init__(where, "an OpenAI-style service")
        self._model = model
        self._prefix = "" if where.rstrip("/").endswith("/v1") else "/v1"
        self._form: PictureForm | None = None if picture_form == "auto" else picture_form
        self._sought = picture_form != "auto"

    def look(self) -> Dialogue[Served]:
        """See `Dialect.look`; the form of pictures is found out once."""
        entry = yield from self._entry()
        if not self._sought:
            self._form = yield from self._accepted_form()
            self._sought = True
        if self._form is None:
            rows = yield from self._embeddings({"input": ["picture"]}, 1)
        else:
            rows = yield from self._pictures(self._form, [probe_picture()])
        form = f"openai-{self._form or 'texts'}"
        return Served(self._identity(str(self._model), rows, entry, form))

    def ping(self) -> Dialogue[None]:
        """See `Dialect.ping`."""
        yield Exchange("GET", f"{self._prefix}/models")

    def embed(self, images: Sequence[bytes]) -> Dialogue[list[Vector | Refusal]]:
        """See `Dialect.embed`."""
        if self._form is None:
            self._wordless("embeddings of pictures: it refused one in every form", "Name another model.")
        return list((yield from self._pictures(self._form, images)))

    def embed_texts(self, texts: Sequence[str]) -> Dialogue[list[Vector | Refusal]]:
        """See `Dialect.embed_texts`."""
        return list((yield from self._embeddings({"input": list(texts)}, len(texts))))

    def _entry(self) -> Dialogue[dict[str, Any]]:
        """Return what the server says of the model, having chosen its first where none was named."""
        try:
            reply = yield Exchange("GET", f"{self._prefix}/models")
        except InvalidRequest:
            self._prefix = ""  # some servers answer without the version in the path
            reply = yield Exchange("GET", "/models")
        entries = [entry for entry in reply.words("data").get("data") or [] if isinstance(entry, dict)]
        if self._model is None:
            if not entries:
                raise self.violation("a list of no models")
            self._model = str(entries[0].get("id"))
        return next((entry for entry in entries if entry.get("id") == self._model), {})

    def _accepted_form(self) -> Dialogue[PictureForm | None]:
        """Return the first form in which a picture comes back as numbers.

        The forms that no text model can mistake come first; the last, a text for servers that know no
        pictures, counts only where the same text without its modality gives something else.
        """
        picture = [probe_picture()]
        forms: tuple[PictureForm, ...] = ("jina", "messages", "infinity")
        for form in forms:
            try:
                (found,) = yield from self._pictures(form, picture)
                if form != "infinity" or (yield from self._differs_from_text(picture[0], found)):
                    return form
            except _UNKNOWN_FORM:
                continue
        return None

    def _differs_from_text(self, image: bytes, found: Vector) -> Dialogue[bool]:
        try:
            (text,) = yield from self._embeddings({"input": [uri_of(image)]}, 1)
        except _UNKNOWN_FORM:
            return True
        return float(np.dot(text, found)) < LEAST_COSINE

    def _pictures(self, form: PictureForm, images: Sequence[bytes]) -> Dialogue[list[Vector]]:
        found: list[Vector] = []
        for asked, count in _FORMS[form](images):
            found += yield from self._embeddings(asked, count)
        return found

    def _embeddings(self, asked: dict[str, Any], count: int) -> Dialogue[list[Vector]]:
        body = {"model": self._model, "encoding_format": "base64", **asked}
        headers = {"Content-Type": "application/json"}
        content = json.dumps(body).encode()
        reply = yield Exchange("POST", f"{self._prefix}/embeddings", self._room(count), headers, content)
        return self._vectors(rows_of(reply.json()), count)


def uri_of(image: bytes) -> str:
    """Return a picture as a `data:` URI; its type is that of its first bytes."""
    media = next(
        (media for begin, media in _MEDIA_TYPES if image.startswith(begin)), "application/octet-stream"
    )
    return f"data:{media};base64,{base64.b64encode(image).decode()}"


def _jina(images: Sequence[bytes]) -> Iterator[tuple[dict[str, Any], int]]:
    yield {"input": [{"image": base64.b64encode(image).decode()} for image in images]}, len(images)


def _messages(images: Sequence[bytes]) -> Iterator[tuple[dict[str, Any], int]]:
    for image in images:
        content = [{"type": "image_url", "image_url": {"url": uri_of(image)}}]
        yield {"messages": [{"role": "user", "content": content}]}, 1


def _infinity(images: Sequence[bytes]) -> Iterator[tuple[dict[str, Any], int]]:
    yield {"input": [uri_of(image) for image in images], "modality": "image"}, len(images)


#: Bodies of the requests that carry some pictures, and how many each carries.
_FORMS: dict[PictureForm, Callable[[Sequence[bytes]], Iterator[tuple[dict[str, Any], int]]]] = {
    "jina": _jina,
    "messages": _messages,
    "infinity": _infinity,
}
