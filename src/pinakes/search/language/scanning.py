"""A typed line cut into tokens: words, phrases, conditions, signs and parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from pinakes.core.errors import TooLarge
from pinakes.search.language.line import Piece

#: Longest line, characters; and most tokens in one.
MOST_CHARACTERS, MOST_TOKENS = 4_000, 512

#: Largest weight; the least is a thousandth.
MOST_WEIGHT, LEAST_WEIGHT = 100.0, 0.001

#: Quotation marks and those that close each; telephones type the round ones.
QUOTES = {'"': '"', "“": '”"', "„": '“”"'}

#: Ends a word, or a value that is not quoted.
_STOPS = re.compile(r"[\s()]")

_NAME = re.compile(r"([^\W\d_][\w-]*):")

_WEIGHT = re.compile(r"\^(\d{1,9}(?:\.\d{1,9})?)(?=[\s()]|$)")

_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


class Kind(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    MINUS = auto()
    PLUS = auto()
    WORD = auto()
    PHRASE = auto()
    CONDITION = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One token.

    `whole` is all of it; `pieces` are the values of a condition, which commas part; `weight` is what
    follows as in `^2`; `plain` is false for a word that an escape keeps from being an operator.
    """

    kind: Kind
    whole: Piece
    pieces: tuple[Piece, ...] = ()
    name: str = ""
    weight: float | None = None
    plain: bool = True


def tokens(line: str) -> list[Token]:
    """Cut a line.

    Raises:
        TooLarge: it is longer, or has more tokens, than the bounds above.
        NotUnderstood: it holds what is no text, a quotation mark is open, or a weight is out of bounds.
    """
    if len(line) > MOST_CHARACTERS:
        raise TooLarge(
            f"A search has {len(line):,} characters; at most {MOST_CHARACTERS:,} are taken.",
            remedy="Ask for fewer things at once.",
        )
    if wrong := _NO_TEXT.search(line):
        raise Piece(line, wrong.start(), wrong.end(), "").problem("This character is no text")
    found: list[Token] = []
    for token in _Scanner(line).tokens():
        found.append(token)
        if len(found) > MOST_TOKENS:
            raise TooLarge(
                f"A search has at most {MOST_TOKENS} parts.", remedy="Ask for fewer things at once."
            )
    return found


class _Scanner:
    def __init__(self, line: str) -> None:
        self._line, self._at = line, 0

    def tokens(self) -> Iterator[Token]:
        while self._skip_spaces():
            yield self._token()

    def _skip_spaces(self) -> bool:
        while self._at < len(self._line) and self._line[self._at].isspace():
            self._at += 1
        return self._at < len(self._line)

    def _token(self) -> Token:
        char, start = self._line[self._at], self._at
        single = {"(": Kind.OPEN, ")": Kind.CLOSE, "-": Kind.MINUS, "+": Kind.PLUS}.get(char)
        if single is not None:
            self._at += 1
            weight = self._weight() if single is Kind.CLOSE else None
            return Token(single, self._piece(start, char), weight=weight)
        if char in QUOTES:
            text = self._quoted()
            return Token(Kind.PHRASE, self._piece(start, text, quoted=True), weight=self._weight())
        name = _NAME.match(self._line, start)
        followed = name and name.end() < len(self._line) and not self._line[name.end()].isspace()
        return self._condition(name) if name and followed else self._word()

    def _word(self) -> Token:
        start, parts, escaped = self._at, list[str](), False
        while self._at < len(self._line) and not self._stops():
            if self._line[self._at] in QUOTES or (parts and self._weight_follows()):
                break
            escaped |= self._line[self._at] == "\\"
            parts.append(self._char(spaces=False))
        piece = self._piece(start, "".join(parts))
        return Token(Kind.WORD, piece, weight=self._weight(), plain=not escaped)

    def _condition(self, name: re.Match[str]) -> Token:
        start, self._at = self._at, name.end()
        pieces = [self._value()]
        while self._at < len(self._line) and self._line[self._at] == ",":
            self._at += 1
            pieces.append(self._value())
        whole = self._piece(start, self._line[start : self._at])
        return Token(Kind.CONDITION, whole, tuple(pieces), name[1].lower(), self._weight())

    def _value(self) -> Piece:
        start, parts, quoted = self._at, list[str](), False
        while self._at < len(self._line) and not self._stops() and self._line[self._at] != ",":
            if self._weight_follows():
                break
            if self._line[self._at] in QUOTES:
                parts.append(self._quoted())
                quoted = True
            else:
                parts.append(self._char())
        return self._piece(start, "".join(parts), quoted=quoted)

    def _char(self, *, spaces: bool = True) -> str:
        """The next character, or the one after it where it is a backslash; before spaces perhaps not."""
        char, following = self._line[self._at], self._line[self._at + 1 : self._at + 2]
        escapes = char == "\\" and following != "" and (spaces or not following.isspace())
        self._at += 2 if escapes else 1
        return following if escapes else char

    def _quoted(self) -> str:
        start, closing = self._at, QUOTES[self._line[self._at]]
        self._at += 1
        parts = list[str]()
        while self._at < len(self._line) and self._line[self._at] not in closing:
            parts.append(self._char())
        if self._at == len(self._line):
            raise self._piece(start, "").problem(
                "This quotation mark is open", remedy=f"Close it with {closing[0]}."
            )
        self._at += 1
        return "".join(parts)

    def _weight_follows(self) -> bool:
        return _WEIGHT.match(self._line, self._at) is not None

    def _weight(self) -> float | None:
        found = _WEIGHT.match(self._line, self._at)
        if found is None:
            return None
        start, self._at = self._at, found.end()
        weight = float(found[1])
        if not LEAST_WEIGHT <= weight <= MOST_WEIGHT:
            raise self._piece(start, found[0]).problem(
                f"A weight is from {LEAST_WEIGHT:g} to {MOST_WEIGHT:g}",
                remedy="What should not be there has a minus before it.",
            )
        return weight

    def _stops(self) -> bool:
        return _STOPS.match(self._line, self._at) is not None

    def _piece(self, start: int, text: str, *, quoted: bool = False) -> Piece:
        return Piece(self._line, start, self._at, text, quoted)
