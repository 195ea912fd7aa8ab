"""Requests for embeddings in OpenAI's form, and in the three forms that others gave it for pictures."""

from __future__ import annotations

from functools import partial
from typing import Any

from pinakes.services.inference.asked import Asked, InvalidField
from pinakes.services.inference.inline_pictures import picture_of
from pinakes.services.inference.json_fields import object_of, text_field
from pinakes.services.inference.openai.answers import ENCODINGS, write

#: What a caller who sends token ids is told; those of another vocabulary would give wrong vectors in silence.
TOKENS_REMEDY = (
    "Send text. LangChain's OpenAIEmbeddings does so with check_embedding_ctx_length=False; others have "
    "a setting of that kind."
)


def parse(body: bytes) -> Asked:
    """Return what a body asks for, in OpenAI's form, infinity's, Jina's or vLLM's.

    Raises:
        InvalidRequest: it is not JSON, or a field is not as it must be.
    """
    fields = object_of(body)
    if fields.get("messages") is not None:
        inputs, places = [_input_of_messages(fields["messages"])], ["messages"]
    else:
        inputs = _inputs(fields)
        places = [f"input[{index}]" for index in range(len(inputs))]
    return Asked(
        inputs,
        partial(write, _encoding(fields)),
        model=text_field(fields, "model"),
        client=text_field(fields, "user"),
        dimensions=_dimensions(fields),
        fields=places,
    )


def _inputs(fields: dict[str, Any]) -> list[bytes | str]:
    given = fields.get("input")
    if given is None or given == []:
        raise InvalidField("input", "input is missing.", remedy="Send a text, or a list of inputs.")
    entries = given if isinstance(given, list) else [given]
    if _is_number(entries[0]):
        raise _token_ids("input")
    pictures = _are_pictures(fields)
    return [_input(entry, f"input[{index}]", pictures) for index, entry in enumerate(entries)]


def _are_pictures(fields: dict[str, Any]) -> bool:
    """Whether plain texts of the input are pictures, as infinity's `modality` says."""
    modality = text_field(fields, "modality") or "text"
    if modality not in ("text", "image"):
        raise InvalidField("modality", f"modality is text or image, not {modality!r}.")
    return modality == "image"


def _input(entry: object, field: str, pictures: bool) -> bytes | str:
    match entry:
        case str():
            return picture_of(entry, field) if pictures else entry
        case {"image": written, **rest} if "text" not in rest:
            return picture_of(written, field)
        case {"text": str(text), **rest} if "image" not in rest:
            return text
        case [first, *_] if _is_number(first):
            raise _token_ids(field)
    raise InvalidField(
        field,
        f'{field} is neither text, nor {{"text": …}}, nor {{"image": …}}.',
        remedy="A picture and a text together have no single embedding; send them as two inputs.",
    )


def _input_of_messages(messages: object) -> bytes | str:
    """The one picture or text of a conversation, which vLLM embeds as a whole."""
    if not isinstance(messages, list):
        raise InvalidField("messages", "messages must be a list.")
    parts = [part for message in messages for part in _parts(message)]
    found = [part for part in map(_part, parts) if part != ""]
    if len(found) != 1:
        raise InvalidField(
            "messages",
            f"messages hold {len(found)} pictures and texts; this model embeds one at a time.",
            remedy="Send one request each, or several as `input`.",
        )
    return found[0]


def _parts(message: object) -> list[object]:
    match message:
        case {"content": str(text)}:
            return [{"type": "text", "text": text}]
        case {"content": list(parts)}:
            return parts
    raise InvalidField("messages", "Each of messages needs content.")


def _part(part: object) -> bytes | str:
    match part:
        case {"type": "text", "text": str(text)}:
            return text
        case {"type": "image_url", "image_url": {"url": url}} | {"type": "image_url", "image_url": str(url)}:
            return picture_of(url, "messages")
    raise InvalidField("messages", "A part of messages is neither text nor image_url.")


def _encoding(fields: dict[str, Any]) -> str:
    """How vectors are written: OpenAI's `encoding_format`, which Jina calls `embedding_type`."""
    for name in ("encoding_format", "embedding_type"):
        wanted = text_field(fields, name)
        if wanted and wanted not in ENCODINGS:
            raise InvalidField(name, f"{name} is {' or '.join(ENCODINGS)}, not {wanted!r}.")
        if wanted:
            return wanted
    return "float"


def _dimensions(fields: dict[str, Any]) -> int | None:
    wanted = fields.get("dimensions")
    if wanted is None:
        return None
    if not _is_number(wanted) or wanted < 1:
        raise InvalidField("dimensions", "dimensions must be a whole number above 0.")
    return int(wanted)


def _token_ids(field: str) -> InvalidField:
    return InvalidField(
        field, f"{field} is token ids, of a vocabulary that is not known.", remedy=TOKENS_REMEDY
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
