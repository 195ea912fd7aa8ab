"""JSON bodies: pictures as base64, texts as they are."""

from __future__ import annotations

import binascii

from pydantic import ValidationError

from pinakes.core.errors import InvalidRequest
from pinakes.schemas.embeddings import EmbedRequest, EncodedImage
from pinakes.services.inference.native.question import Fields, Form, Question, malformed, refuse_over


def question_of_json(body: bytes, form: Form[Fields]) -> Question[Fields]:
    """Take a JSON object of the route's schema apart; what the query says wins over it.

    Raises:
        InvalidRequest: it does not parse; names the field, or the index of the picture at fault.
        TooLarge: it holds too much.
    """
    try:
        parsed = form.schema.model_validate_json(body)
    except ValidationError as error:
        raise malformed(error) from error
    images = [*parsed.images, *([] if parsed.image is None else [parsed.image])]
    texts = _texts(parsed)
    refuse_over(form.limits.max_items, len(images) + len(texts))
    pictures = [_picture(index, image) for index, image in enumerate(images)]
    names = [image.name if isinstance(image, EncodedImage) else None for image in images]
    told = parsed.model_dump(exclude={"images", "image", "texts", "text"})
    return form.question(pictures, texts, names, form.fields(told))


def base64_bytes(where: str, text: str) -> bytes:
    """Return the bytes of base64, possibly in a data: URI and with line breaks.

    Raises:
        InvalidRequest: it is none; the message begins with `where`.
    """
    if text.startswith("data:"):
        header, _, text = text.partition(",")
        if not header.endswith(";base64"):
            raise InvalidRequest(f"{where} is a data: URI that is not base64.")
    wrapped = "\n" in text or " " in text or "\r" in text
    try:
        return binascii.a2b_base64("".join(text.split()) if wrapped else text, strict_mode=True)
    except ValueError as error:
        raise InvalidRequest(f"{where} is not base64: {error}.") from error


def _picture(index: int, image: str | EncodedImage) -> bytes:
    return base64_bytes(f"images.{index}", image if isinstance(image, str) else image.data)


def _texts(parsed: object) -> list[str]:
    if not isinstance(parsed, EmbedRequest):
        return []
    return [*parsed.texts, *([] if parsed.text is None else [parsed.text])]
