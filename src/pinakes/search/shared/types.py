"""What the shared search is asked and what it answers, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """An index: of one folder of one owner, of one caller. Callers with equal numbers never meet."""

    caller: str
    owner: int
    folder: int


@dataclass(frozen=True, slots=True)
class FailedImage:
    """An image that was not embedded, while its neighbours were; `reason` is a word, `detail` a sentence."""

    image: int
    path: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class EmbedReport:
    """How each image of a request ended; `cached` of the embedded ones had been embedded before."""

    embedded: tuple[int, ...]
    failed: tuple[FailedImage, ...]
    cached: int


@dataclass(frozen=True, slots=True)
class ReindexReport:
    """How each image of a portion ended; `after` is where the next portion begins, None at the end."""

    report: EmbedReport
    after: int | None


@dataclass(frozen=True, slots=True)
class Like:
    """What hits shall be like: words, or a picture as bytes, by its path, or by its number; one of them."""

    words: str = ""
    encoded: bytes | None = None
    path: str | None = None
    image: int | None = None


@dataclass(frozen=True, slots=True)
class SharedQuestion:
    """A search: of whom, what for, and in which folders by whose they are, in the order they were named."""

    caller: str
    like: Like
    owners: Mapping[int, int]
    limit: int


@dataclass(frozen=True, slots=True)
class FoundImage:
    """One hit: which image of which folder; a higher score is better."""

    image: int
    folder: int
    owner: int
    score: float


@dataclass(frozen=True, slots=True)
class SharedAnswer:
    """Hits, best first; folders without an index; and what a person should know of the answer."""

    hits: tuple[FoundImage, ...]
    missing: tuple[int, ...]
    model: str
    matched: str
    notes: tuple[str, ...]
