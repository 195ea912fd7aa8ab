"""Readings of values that are names: words of the payload, what is known of a picture, folders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pinakes.core.errors import NotUnderstood
from pinakes.core.filters import Filter, Known, Match
from pinakes.core.payload import LONGEST_WORD
from pinakes.search.language.line import Piece
from pinakes.search.language.reading import Below, Context, any_of

#: Most values that a word for a camera or a lens may stand for.
MOST_MEANT = 200

#: Names of formats that files are often called by, and how the library calls them.
FORMATS: Mapping[str, str] = {"jpg": "jpeg", "tif": "tiff", "heic": "heif", "jpe": "jpeg"}


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the payload, any of them.

    Where `partial`, the words that the library knows and that begin so; where `closed`, only the choices.
    """

    payload: str
    choices: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    partial: bool = False
    closed: bool = False

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Filter:
        """Any of the words, in small letters."""
        wanted = [word for piece in pieces for word in self._meant(name, piece, context)]
        return Match(self.payload, tuple(dict.fromkeys(wanted)))

    def _meant(self, name: str, piece: Piece, context: Context) -> Sequence[str]:
        exact = self.partial and piece.text.startswith("=")
        word = piece.text.removeprefix("=").strip().lower() if exact else piece.text.strip().lower()
        if not word or len(word) > LONGEST_WORD:
            raise piece.problem(f"“{name}:” takes words of 1 to {LONGEST_WORD} characters")
        word = self.renamed.get(word, word)
        if self.closed and word not in self.choices:
            raise _not_one_of(name, piece, self.choices)
        if not self.partial or exact or context.values is None:
            return [word]
        return list(context.values(name, word))[:MOST_MEANT] or [word]


@dataclass(frozen=True, slots=True)
class Has:
    """That something is known of the picture."""

    known: Mapping[str, str]
    payload: str = ""

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be known."""
        return tuple(self.known)

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Filter:
        """Any of these is known."""
        return any_of([Known(_chosen(name, piece, self.known)) for piece in pieces])


@dataclass(frozen=True, slots=True)
class Folder:
    """Directories that pictures lie below, at any depth."""

    payload: str = ""
    choices: tuple[str, ...] = ()

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Below:
        """Any of the directories."""
        for piece in pieces:
            if not piece.text.strip():
                raise piece.problem("A folder's name is missing", remedy="As in folder:holiday/2019.")
        return Below(tuple(piece.text for piece in pieces))


def _chosen(name: str, piece: Piece, choices: Mapping[str, str]) -> str:
    try:
        return choices[piece.text.strip().lower()]
    except KeyError:
        raise _not_one_of(name, piece, choices) from None


def _not_one_of(name: str, piece: Piece, choices: Iterable[str]) -> NotUnderstood:
    return piece.problem(f"“{name}:{piece.text}” is unknown", remedy=f"It may be {', '.join(choices)}.")
