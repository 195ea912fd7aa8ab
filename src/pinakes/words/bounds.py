"""What every driver refuses at its door, so that all refuse the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pinakes.core.errors import InvalidRequest, TooLarge
from pinakes.core.payload import LARGEST_INTEGER, Field, Kind, PayloadValue, Schema
from pinakes.words.base import Document, WordField
from pinakes.words.folding import cleaned, folded

#: Most documents or assets in one call of upsert or delete.
MOST_DOCUMENTS = 10_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A document as drivers keep it: each field's text to show and its words to search, and the payload."""

    asset: int
    texts: Mapping[WordField, str]
    folded: Mapping[WordField, str]
    payload: Mapping[str, PayloadValue]


def checked_documents(documents: Sequence[Document], schema: Schema) -> list[Kept]:
    """Documents in the form that drivers keep, by asset; of several about one asset the last stays.

    Raises:
        TooLarge: there are more than `MOST_DOCUMENTS`.
        InvalidRequest: an asset, a field or a payload is not as an index takes them.
    """
    check_number(documents)
    last = {checked_asset(document.asset): document for document in documents}
    return [_kept(last[asset], schema) for asset in sorted(last)]


def checked_asset(asset: object) -> int:
    """The asset's number; refuses what is none with `InvalidRequest`."""
    if isinstance(asset, bool) or not isinstance(asset, int) or not 0 <= asset <= LARGEST_INTEGER:
        raise InvalidRequest(f"{asset!r} is no number of an asset.")
    return asset


def checked_word_field(name: str, schema: Schema) -> Field:
    """The payload's field of that name; refuses one that holds no words with `InvalidRequest`."""
    field = schema.field(name)
    if field.kind not in (Kind.KEYWORD, Kind.KEYWORDS):
        raise InvalidRequest(f"The field {name!r} holds numbers; words are listed.")
    return field


def check_number(items: Sequence[object]) -> None:
    """Refuse more than `MOST_DOCUMENTS` in one call with `TooLarge`."""
    if len(items) > MOST_DOCUMENTS:
        raise TooLarge(f"{len(items):,} documents in one call; at most {MOST_DOCUMENTS:,} are taken.")


def _kept(document: Document, schema: Schema) -> Kept:
    texts = {field: cleaned(_text(document, field)) for field in WordField if document.words.get(field)}
    unknown = set(document.words) - set(WordField)
    if unknown:
        raise InvalidRequest(f"Words come from {', '.join(WordField)}; not from {sorted(unknown)[0]!r}.")
    return Kept(
        document.asset,
        texts,
        {field: folded(text) for field, text in texts.items()},
        schema.checked(document.payload),
    )


def _text(document: Document, field: WordField) -> str:
    text = document.words[field]
    if not isinstance(text, str):
        raise InvalidRequest(f"The words of {field.value!r} are a text.")
    return text
