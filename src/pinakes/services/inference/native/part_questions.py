"""Multipart bodies: pictures as files, everything else as text fields."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from pinakes.core.errors import InvalidRequest, TooLarge
from pinakes.schemas.embeddings import MOST_LABELS, MOST_TEMPLATES
from pinakes.services.inference.multipart import Part, parts_of
from pinakes.services.inference.native.question import Fields, Form, Question, refuse_over

#: Names of parts that hold pictures.
PICTURE_PARTS = frozenset({"images", "images[]", "image", "files", "files[]", "file"})

#: Names of parts that hold texts to embed.
TEXT_PARTS = frozenset({"texts", "texts[]", "text"})

#: Fields that may be given several times.
LISTS = frozenset({"labels", "template"})

#: Most parts beside the inputs: every label and template, the model, and how many labels to tell.
MOST_FIELDS = MOST_LABELS + MOST_TEMPLATES + 2


def question_of_parts(boundary: bytes, body: bytes, form: Form[Fields]) -> Question[Fields]:
    """Take a multipart/form-data body apart.

    Raises:
        InvalidRequest: it is malformed, or has a part that is not known.
        TooLarge: it holds too much.
    """
    most = form.limits.max_items
    parts = list(islice(parts_of(body, boundary), most + MOST_FIELDS + 1))
    if len(parts) > most + MOST_FIELDS:
        raise TooLarge(f"The request has over {most + MOST_FIELDS:,} parts.")
    files = [part for part in parts if part.name in PICTURE_PARTS]
    refuse_over(most, len(files))
    textless = next((part for part in files if part.filename is None), None)
    if textless is not None:
        raise InvalidRequest(
            f"Part {textless.name!r} is a text field.", remedy="Send it as a file, with a filename."
        )
    texts = [_text(part) for part in parts if part.name in TEXT_PARTS]
    told = _told([part for part in parts if part.name not in PICTURE_PARTS | TEXT_PARTS], form)
    names = [part.filename or None for part in files]
    return form.question([part.content for part in files], texts, names, form.fields(told))


def _told(parts: Sequence[Part], form: Form[Fields]) -> dict[str, str | list[str]]:
    values: dict[str, list[str]] = {}
    for part in parts:
        name = part.name.removesuffix("[]")
        if name not in form.schema.model_fields or part.filename is not None:
            raise InvalidRequest(f"Part {part.name!r} is not known.", remedy="Name the pictures `images`.")
        values.setdefault(name, []).append(_text(part))
    return {name: several if name in LISTS else several[-1] for name, several in values.items()}


def _text(part: Part) -> str:
    try:
        return part.content.decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"Part {part.name!r} is not UTF-8.") from error
