"""A typed line and places in it, so that whatever is wrong can be pointed at."""

from __future__ import annotations

from dataclasses import dataclass

from pinakes.core.errors import NotUnderstood


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a line as it was meant, without quotes and escapes, and where it stands: `start` to `end`."""

    line: str
    start: int
    end: int
    text: str
    quoted: bool = False

    def problem(self, message: str, *, remedy: str = "") -> NotUnderstood:
        """The error that says what is wrong with this piece."""
        return NotUnderstood(message, line=self.line, start=self.start, end=self.end, remedy=remedy)

    def part(self, start: int, end: int) -> Piece:
        """Some characters of the piece; its place is exact where nothing was quoted or escaped."""
        exact = len(self.text) == self.end - self.start
        first, last = (self.start + start, self.start + end) if exact else (self.start, self.end)
        return Piece(self.line, first, last, self.text[start:end], self.quoted)
