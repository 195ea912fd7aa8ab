"""What a search answers: hits, why each is there, the line below which nothing is relevant, and notes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pinakes.core.payload import Payload, PayloadValue
from pinakes.words.base import WordField


class By(StrEnum):
    """What a search goes by: what pictures show, the words that are known of them, or both joined."""

    ALL = "all"
    MEANING = "meaning"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near a picture is to what was asked, by the model.

    `score` is the sum over the terms of weight times cosine, `by_term` those products in the order of
    `Answer.terms`. `standing` is the share of the library, 0 to 1, that is less near; None where
    there is too little of it to say.
    """

    score: float
    standing: float | None
    by_term: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Which fields held the words, and a piece of the best of them with the (start, end) of what matched.

    `whole` is False where the picture holds only some of the words.
    """

    fields: tuple[WordField, ...]
    excerpt: str
    marks: tuple[tuple[int, int], ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the question that holds for the picture, and the value it holds for."""

    field: str
    value: PayloadValue


@dataclass(frozen=True, slots=True)
class Why:
    """Why a picture is a hit; each part is None or empty where it says nothing of this one."""

    likeness: Likeness | None
    found: Found | None
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One result; `score` orders one answer and means nothing beside that of another.

    `relevant` is False below the line, None where no line could be drawn.
    """

    asset: int
    score: float
    relevant: bool | None
    payload: Payload
    why: Why


@dataclass(frozen=True, slots=True)
class Line:
    """Where relevance ends: `relevant` hits of the whole answer lie above it; None where it cannot be told.

    `score` is the least likeness above it. `why` says in a sentence how that was judged.
    """

    relevant: int | None
    score: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Note:
    """What the person should know about an answer: a stable code, a sentence, and what can be done."""

    code: str
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of hits, best first.

    Attributes:
        total: hits on all pages together; None where more were found than are counted.
        line: None where the question names nothing that could be more or less relevant.
        terms: what was compared by likeness, in words, in the order of `Likeness.by_term`.
        model: key of the model that compared; empty where none did.
    """

    hits: tuple[Hit, ...]
    total: int | None
    line: Line | None
    notes: tuple[Note, ...]
    terms: tuple[str, ...] = ()
    model: str = ""
