"""What counts as a word: the one reading of texts and of questions, whichever engine keeps them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

#: Words of one field that are searched; the rest of a longer text is kept out of every index.
MOST_WORDS = 2_000

#: Letters of one word that are compared, and characters of one field that are kept.
MOST_LETTERS, MOST_CHARACTERS = 64, 100_000

#: Letters that Unicode does not take apart, though people type them without the stroke.
STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})

#: Blocks of marks that people leave out: accents, Hebrew points, Arabic vowels, ways to draw a symbol.
MARKS = (
    (0x300, 0x36F),
    (0x591, 0x5C7),
    (0x64B, 0x65F),
    (0x670, 0x670),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0xFE00, 0xFE0F),
)

#: Names of scripts that set no spaces between words, or glue words together: each letter is a word by itself.
UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared, and where it stands in the cleaned text."""

    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Letter:
    """How one character is read; `kind` is what neighbours must share to be in one word with it."""

    folded: str
    kind: str


#: What is no text: control characters, halves of surrogate pairs.
_NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

#: Kinds of characters: between words, part of any word, a word by itself; letters and digits have their own.
_GAP, _ANY, _ALONE, _ALPHABET, _DIGIT = "gap", "any", "alone", "letter", "digit"


def cleaned(text: str) -> str:
    """The text as it is kept and shown: composed, of bounded length, with spaces for what is no text."""
    return unicodedata.normalize("NFC", _NO_TEXT.sub(" ", text[:MOST_CHARACTERS]))


def words_of(text: str) -> Iterator[Word]:
    """The words of a cleaned text, in order.

    A word is a run of letters or a run of digits, without case and accents. Letters of scripts that set no
    spaces, and symbols such as emoji, are words by themselves, so that any run of them is found as a phrase.
    """
    start, kind, parts = 0, _GAP, list[str]()
    for place, char in enumerate(text):
        letter = _letter(char)
        if letter.kind == _ANY:
            if parts:
                parts.append(letter.folded)
            continue
        if parts and (letter.kind != kind or kind == _ALONE):
            yield _word(parts, start, place)
            parts = []
        if letter.kind != _GAP:
            if not parts:
                start = place
            parts.append(letter.folded)
        kind = letter.kind
    if parts:
        yield _word(parts, start, len(text))


def folded(text: str) -> str:
    """The first `MOST_WORDS` words of a cleaned text, with one space between them."""
    found = words_of(text)
    return " ".join(word.folded for word, _ in zip(found, range(MOST_WORDS), strict=False))


def is_alone(word: str) -> bool:
    """Whether a folded word is one of those that are always a word by themselves."""
    return len(word) == 1 and _letter(word).kind == _ALONE


def _word(parts: list[str], start: int, end: int) -> Word:
    return Word("".join(parts)[:MOST_LETTERS], start, end)


@lru_cache(maxsize=1 << 16)
def _letter(char: str) -> _Letter:
    plain = "".join(
        part for part in unicodedata.normalize("NFKD", char.casefold()) if not _is_mark(ord(part))
    )
    plain = unicodedata.normalize("NFC", plain).casefold().translate(STROKES)
    category = unicodedata.category(char)
    if category[0] == "M":
        return _Letter(plain, _ANY)
    if category == "So" and not plain.isalnum():
        return _Letter(char, _ALONE)
    if not plain.isalnum():
        return _Letter("", _GAP)
    if unicodedata.name(char, "").replace("HALFWIDTH ", "").startswith(UNSPACED):
        return _Letter(plain, _ALONE)
    return _Letter(plain, _DIGIT if plain.isdecimal() else _ALPHABET)


def _is_mark(code: int) -> bool:
    return any(first <= code <= last for first, last in MARKS)
