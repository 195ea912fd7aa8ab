"""What a search asks: things to look like and to be unlike, words to hold, and conditions."""

from __future__ import annotations

from dataclasses import dataclass

from pinakes.core.filters import Filter


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of an upright picture: its left, top, width and height as shares of the whole, 0 to 1."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to look like: bytes of a file, or one of the library, by its asset or by its content."""

    encoded: bytes | None = None
    asset: int | None = None
    sha256: str | None = None
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a question: words or a picture; a weight below 0 is something to be unlike.

    `literal` words must be found as they stand and are not asked of the model.
    """

    weight: float = 1.0
    words: str = ""
    picture: Picture | None = None
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A whole search; with no terms it lists what the conditions hold for, newest first.

    `below` are directories, as in paths; a picture must lie below one of them where there are any.
    """

    terms: tuple[Term, ...] = ()
    where: Filter | None = None
    below: tuple[str, ...] = ()
