"""Folded words in PostgreSQL's own forms, written by us so that its parsers and dictionaries have no say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from pinakes.words.asked import Asked, Phrase
from pinakes.words.base import WordField

#: PostgreSQL knows four weights for a word; which of them the words of each field have.
CLASSES: Mapping[WordField, str] = {
    WordField.TAGS: "A",
    WordField.TITLE: "A",
    WordField.NAME: "B",
    WordField.CAPTION: "B",
    WordField.PLACE: "C",
    WordField.TEXT: "C",
    WordField.DETAILS: "D",
    WordField.PATH: "D",
}

#: What the weights D, C, B and A count.
WEIGHTS = [0.15, 0.3, 0.6, 1.0]

#: Places of one word that PostgreSQL keeps in a document; a phrase further on is not found through it.
MOST_PLACES = 255


def document(folded: Mapping[WordField, str]) -> str:
    """A `tsvector` of a document; between fields a place stays empty, so that no phrase spans two."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    before = 0
    for field, words in folded.items():
        listed = words.split(" ") if words else []
        for place, word in enumerate(listed, before + 1):
            places[word].append(f"{place}{CLASSES[field]}")
        before += len(listed) + 1
    return " ".join(f"'{word}':{','.join(at[:MOST_PLACES])}" for word, at in places.items())


def question(asked: Asked) -> str:
    """A `tsquery`: every one of the wanted phrases and none of the unwanted."""
    wanted = [f"({_followed(phrase)}{':*' if phrase.open_ended else ''})" for phrase in asked.wanted]
    unwanted = [f"!({_followed(phrase)})" for phrase in asked.unwanted]
    return " & ".join([*wanted, *unwanted])


def whole_words(asked: Asked) -> str:
    """A `tsquery` of the wanted phrases with no word that goes on: a document that holds them is better."""
    return " & ".join(f"({_followed(phrase)})" for phrase in asked.wanted)


def _followed(phrase: Phrase) -> str:
    # A folded word holds letters, digits or one symbol, and so nothing that would need an escape.
    return " <-> ".join(f"'{word}'" for word in phrase.words)
