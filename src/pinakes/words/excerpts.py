"""Why a document was found: the fields that hold the words, and a piece of the best of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pinakes.words.asked import Phrase
from pinakes.words.base import WordField
from pinakes.words.folding import Word, words_of

#: Characters of an excerpt, and how many of them may stand before the first word that matched.
LONGEST, BEFORE = 160, 40

#: Stands where text was left out.
CUT = "…"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a field, and the (start, end) of the words in it that matched."""

    text: str
    marks: tuple[tuple[int, int], ...]


class Reason(NamedTuple):
    """The last fields of a `WordHit`."""

    found_in: tuple[WordField, ...]
    excerpt: str
    marks: tuple[tuple[int, int], ...]


def why(
    texts: Mapping[WordField, str | None], folded: Mapping[WordField, str | None], phrases: Sequence[Phrase]
) -> Reason:
    """Why a document holds any of the phrases; texts and folded words are as in `Kept`, None where absent."""
    held = {field: words for field, words in folded.items() if words}
    fields = found_in(held, phrases)
    if not fields:
        return Reason((), "", ())
    piece = excerpt(texts[fields[0]] or "", held[fields[0]], phrases)
    return Reason(fields, piece.text, piece.marks)


def found_in(folded: Mapping[WordField, str], phrases: Sequence[Phrase]) -> tuple[WordField, ...]:
    """The fields that hold any of the phrases, in the order of `WordField`; `folded` is as `Kept.folded`."""
    return tuple(
        field
        for field in WordField
        if field in folded and any(next(_places(folded[field], phrase), None) for phrase in phrases)
    )


def excerpt(text: str, folded: str, phrases: Sequence[Phrase]) -> Excerpt:
    """The piece of a cleaned text around the first phrase it holds."""
    runs = sorted({run for phrase in phrases for run in _places(folded, phrase)})
    if not runs:
        return _piece(text, [])
    words = list(words_of(text))
    return _piece(text, _merged([_span(words, first, last) for first, last in runs]))


def _places(folded: str, phrase: Phrase) -> Iterator[tuple[int, int]]:
    """First and last word of each occurrence, counted from 0."""
    padded, wanted = f" {folded} ", f" {phrase.text}" + ("" if phrase.open_ended else " ")
    place = padded.find(wanted)
    while place >= 0:
        first = padded.count(" ", 0, place)
        yield first, first + len(phrase.words) - 1
        place = padded.find(wanted, place + 1)


def _span(words: Sequence[Word], first: int, last: int) -> tuple[int, int]:
    return words[first].start, words[last].end


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _piece(text: str, marks: Sequence[tuple[int, int]]) -> Excerpt:
    start = _beginning(text, marks[0][0]) if marks else 0
    end = len(text) if len(text) <= start + LONGEST else _ending(text, start + LONGEST, marks)
    before, after = CUT if start else "", CUT if end < len(text) else ""
    shift = len(before) - start
    kept = marks[: bisect_left([mark_end for _, mark_end in marks], end + 1)]
    shown = tuple((mark_start + shift, mark_end + shift) for mark_start, mark_end in kept)
    return Excerpt(before + text[start:end] + after, shown)


def _beginning(text: str, mark: int) -> int:
    """Where the piece starts: a little before the mark, at the start of a word if one is near."""
    if mark <= BEFORE:
        return 0
    space = text.find(" ", mark - BEFORE, mark)
    return mark - BEFORE if space < 0 else space + 1


def _ending(text: str, end: int, marks: Sequence[tuple[int, int]]) -> int:
    """Where the piece ends: at the end of a word if one is near, and never inside its first mark."""
    space = text.rfind(" ", end - BEFORE, end)
    least = marks[0][1] if marks else 0
    return max(end if space < 0 else space, least)
