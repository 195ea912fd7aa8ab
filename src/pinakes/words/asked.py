"""What is asked of the words: phrases of folded words, bounded before any engine sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pinakes.core.errors import InvalidRequest, TooLarge
from pinakes.words.folding import cleaned, is_alone, words_of

#: Most entries of one question, and most words and characters of one entry.
MOST_ENTRIES, MOST_ENTRY_WORDS, MOST_ENTRY_CHARACTERS = 256, 32, 1_000


@dataclass(frozen=True, slots=True)
class Phrase:
    """Folded words that must follow one another; `open_ended` where the last may go on."""

    words: tuple[str, ...]
    open_ended: bool

    @property
    def text(self) -> str:
        """The words with one space between them; they hold letters and digits only."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a document must hold, and what it must not.

    `impossible` where words were asked for and none of the entries has a letter, digit or symbol.
    """

    wanted: tuple[Phrase, ...]
    unwanted: tuple[Phrase, ...]
    impossible: bool


def asked(words: Sequence[str], whole: Sequence[str] = (), without: Sequence[str] = ()) -> Asked:
    """Read a question; see `WordIndex.query` for its entries.

    Raises:
        InvalidRequest: an entry is no text.
        TooLarge: there are too many entries, or one is too long.
    """
    for entries in (words, whole, without):
        _check(entries)
    wanted = (*_phrases(words, open_ended=True), *_phrases(whole, open_ended=False))
    return Asked(wanted, _phrases(without, open_ended=False), bool(words or whole) and not wanted)


def _phrases(entries: Sequence[str], *, open_ended: bool) -> tuple[Phrase, ...]:
    phrases = (_phrase(entry, open_ended=open_ended) for entry in entries)
    return tuple(dict.fromkeys(phrase for phrase in phrases if phrase is not None))


def _check(entries: Sequence[str]) -> None:
    if isinstance(entries, str) or not all(isinstance(entry, str) for entry in entries):
        raise InvalidRequest("The words of a question are a list of texts.")
    if len(entries) > MOST_ENTRIES or any(len(entry) > MOST_ENTRY_CHARACTERS for entry in entries):
        raise TooLarge(
            f"A question takes at most {MOST_ENTRIES} words or phrases of {MOST_ENTRY_CHARACTERS:,} "
            "characters each.",
            remedy="Ask for fewer words.",
        )


def _phrase(entry: str, *, open_ended: bool) -> Phrase | None:
    words = tuple(word.folded for word in words_of(cleaned(entry)))
    if not words:
        return None
    if len(words) > MOST_ENTRY_WORDS:
        raise TooLarge(f"A phrase takes at most {MOST_ENTRY_WORDS} words.", remedy="Ask for fewer words.")
    return Phrase(words, open_ended and not is_alone(words[-1]))
