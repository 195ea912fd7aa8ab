"""The reading of a picture of the library to look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pinakes.core.payload import LARGEST_INTEGER
from pinakes.search.language.line import Piece
from pinakes.search.language.numbers import quantity
from pinakes.search.language.reading import Context
from pinakes.search.question import Picture, Region, Term

_CONTENT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Like:
    """A picture of the library to look like: `asset:123`, or the SHA-256 of its file; `@` gives a region."""

    payload: str = ""
    choices: tuple[str, ...] = ("asset:",)

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Term:
        """A term of weight 1."""
        first, _, corner = pieces[0].text.partition("@")
        region = self._region(pieces, corner) if corner or len(pieces) > 1 else None
        number = first.lower().removeprefix("asset:")
        if _CONTENT.fullmatch(first.lower()):
            return Term(picture=Picture(sha256=first.lower(), region=region))
        if re.fullmatch(r"[0-9]{1,16}", number) and int(number) <= LARGEST_INTEGER:
            return Term(picture=Picture(asset=int(number), region=region))
        raise pieces[0].problem(
            f"“{first}” is no picture of a library", remedy="As in like:asset:123, or like: and a SHA-256."
        )

    def _region(self, pieces: Sequence[Piece], corner: str) -> Region:
        place = pieces[0].text.find("@") + 1
        shares = [pieces[0].part(place, place + len(corner)), *pieces[1:]]
        left, top, width, height = _shares(shares) if len(shares) == 4 else (-1.0,) * 4
        if not (left >= 0 <= top and width > 0 < height and left + width <= 1 and top + height <= 1):
            raise pieces[0].problem(
                "A region is its left, top, width and height as shares of the picture",
                remedy="As in like:asset:123@0.1,0.2,0.5,0.5.",
            )
        return Region(left, top, width, height)


def _shares(pieces: Sequence[Piece]) -> list[float]:
    return [quantity(piece, {"": 1}).value for piece in pieces]
