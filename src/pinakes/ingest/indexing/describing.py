"""What the indexes are told of an asset, made from its rows alone: the payload and the words."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pinakes.core.payload import LARGEST_INTEGER, LONGEST_WORD, MOST_WORDS, PICTURES
from pinakes.words.base import Document, WordField

#: Changes whenever the same rows would be described otherwise; every index is then told anew.
REVISION = "1"

#: Fields of the metadata whose words are searched as details.
_DETAILS = ("description", "artist", "copyright", "camera", "lens", "software", "label")

#: Parts of a place, in the order in which they are said.
_PLACE = ("location", "city", "region", "country")

_APART = re.compile(r"[\W_]+")

#: Where a name changes from letters to digits, or from small letters to a capital.
_TURN = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")


@dataclass(frozen=True, slots=True)
class KnownAsset:
    """A stored asset with its content: the columns of `assets` and `contents` that say something of it.

    `directory` is the number of the directory that holds it; `path` is as `os.fsdecode` gives it.
    """

    asset: int
    path: str
    directory: int
    sha256: str
    bytes: int
    format: str
    width: int
    height: int
    taken_at: float | None
    metadata: Mapping[str, Any]


def payload_of(known: KnownAsset) -> dict[str, Any]:
    """What filters may ask of an asset: a payload of `core.payload.PICTURES`, without what is not known."""
    told = known.metadata
    position = {name: _number(told, name) for name in ("latitude", "longitude")}
    found = {
        "folder": known.directory,
        "asset": known.asset,
        "sha256": known.sha256,
        "type": known.format.lower(),
        "bytes": known.bytes,
        "width": known.width,
        "height": known.height,
        "pixels": known.width * known.height,
        "shape": _shape(known),
        # By the camera's clock: who asks for a day means the day that was there.
        "taken_at": known.taken_at,
        **(position if None not in position.values() else {}),
        "place": _place(told),
        "camera": _keyword(told.get("camera")),
        "lens": _keyword(told.get("lens")),
        "rating": _rating(told),
        "tags": tags_of(told),
    }
    return PICTURES.checked(found)


def document_of(known: KnownAsset, texts: Mapping[str, str]) -> Document:
    """Every word about an asset; `texts` are what models wrote of it, by their kind: caption and text."""
    told = known.metadata
    path = os.fsencode(known.path).decode("utf-8", "replace")
    folder, _, name = path.rpartition("/")
    words = {
        WordField.TAGS: _joined((*tags_of(told, whole=True), *_people(told))),
        WordField.TITLE: _text(told.get("title")),
        WordField.NAME: apart(name),
        WordField.CAPTION: texts.get("caption", ""),
        WordField.PLACE: _joined(_place(told)),
        WordField.TEXT: texts.get("text", ""),
        WordField.DETAILS: _joined(_text(told.get(field)) for field in _DETAILS),
        WordField.PATH: apart(folder),
    }
    said = {field: text for field, text in words.items() if text}
    return Document(known.asset, said, payload_of(known))


def digest(payload: Mapping[str, Any], words: Mapping[WordField, str] | None = None) -> str:
    """Names what an index was told, with the revision of the code that says it."""
    whole = json.dumps([payload, words], sort_keys=True, default=list)
    return f"{REVISION}:{hashlib.sha256(whole.encode('utf-8', 'replace')).hexdigest()[:40]}"


def apart(name: str) -> str:
    """The words of a file's name or path: split at punctuation, and where letters turn to digits or capitals.

    `IMG_2019-beachDay.jpg` gives "IMG 2019 beachDay jpg beach Day": parts beside what they were cut from.
    """
    whole = [word for word in _APART.split(name) if word]
    parts = [part for word in whole for part in (_TURN.split(word) if _TURN.search(word) else ())]
    return " ".join((*whole, *parts))


def tags_of(told: Mapping[str, Any], *, whole: bool = False) -> tuple[str, ...]:
    """The keywords of a picture in lower case; of levels (`Places|Rome`) the last, or all where `whole`."""
    levels = [str(tag).split("|") for tag in _list(told, "hierarchical_keywords")]
    nested = [level for path in levels for level in (path if whole else path[-1:])]
    words = (_keyword(word) for word in (*_list(told, "keywords"), *nested))
    return tuple(dict.fromkeys(word for word in words if word))[:MOST_WORDS]


def _people(told: Mapping[str, Any]) -> list[str]:
    return [_text(face.get("name")) for face in _list(told, "faces") if isinstance(face, dict)]


def _place(told: Mapping[str, Any]) -> tuple[str, ...]:
    place = told.get("place")
    parts = (place.get(part) for part in _PLACE) if isinstance(place, dict) else ()
    return tuple(dict.fromkeys(word for part in parts if (word := _keyword(part))))


def _shape(known: KnownAsset) -> str:
    if known.width == known.height:
        return "square"
    return "portrait" if known.width < known.height else "landscape"


def _rating(told: Mapping[str, Any]) -> int | None:
    found = _number(told, "rating")
    return int(found) if found is not None else None


def _number(told: Mapping[str, Any], field: str) -> float | None:
    value = told.get(field)
    fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST_INTEGER
    return value if fits else None


def _list(told: Mapping[str, Any], field: str) -> list[Any]:
    value = told.get(field)
    return value if isinstance(value, list) else []


def _keyword(value: Any) -> str | None:
    return _text(value).lower()[:LONGEST_WORD].strip() or None


def _text(value: Any) -> str:
    """Text without what no index keeps: NUL, and surrogates that stand alone."""
    if not isinstance(value, str):
        return ""
    return value.replace("\0", " ").encode("utf-8", "replace").decode("utf-8").strip()


def _joined(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(text for text in texts if text))
