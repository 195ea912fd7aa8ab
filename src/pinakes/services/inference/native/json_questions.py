"""JSON bodies: pictures as base64, texts as they are."""

from __future__ import annotations

from pydantic import ValidationError

from pinakes.schemas.embeddings import EmbedRequest, EncodedImage
from pinakes.services.inference.inline_pictures import picture_of
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


def _picture(index: int, image: str | EncodedImage) -> bytes:
    return picture_of(image if isinstance(image, str) else image.data, f"images.{index}")


def _texts(parsed: object) -> list[str]:
    if not isinstance(parsed, EmbedRequest):
        return []
    return [*parsed.texts, *([] if parsed.text is None else [parsed.text])]
