"""One line of text to a question: words are terms, the rest is conditions that all must hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pinakes.core.errors import InvalidRequest
from pinakes.core.filters import And, Or, check_filter
from pinakes.core.payload import PICTURES
from pinakes.search.language.fields import BY_NAME, FIELDS, nearest
from pinakes.search.language.parts import (
    Meaning,
    Part,
    Plain,
    apart,
    conditions_of,
    is_condition,
    joined,
    negated,
    span,
    weighted,
)
from pinakes.search.language.reading import Below, Context, Values
from pinakes.search.language.scanning import Kind, Token, tokens
from pinakes.search.question import Question, Term

#: Deepest parentheses; most things to look like or unlike; most folders.
DEEPEST, MOST_TERMS, MOST_FOLDERS = 8, 32, 64

#: Words that join or turn conditions; beside other words they are words.
OR, AND, NOT = "or", "and", "not"


def parsed(text: str, *, now: datetime | None = None, values: Values | None = None) -> Question:
    """The question that a line of text asks.

    Args:
        text: the line, as a person types it.
        now: what the clock on the wall says, for `today` and its like; unset: this machine's.
        values: the known values of a field; with them `camera:canon` means every camera of that name.

    Raises:
        NotUnderstood: the line does not parse; it says where.
        TooLarge, InvalidRequest: it asks for more than a question may.
    """
    return _question(parts_of(text, now=now, values=values))


def parts_of(text: str, *, now: datetime | None = None, values: Values | None = None) -> list[Part]:
    """The parts of a line that stand side by side, as `parsed` reads and joins them; it raises the same."""
    return _Parser(tokens(text), Context(now or datetime.now(), values)).parts()


class _Parser:
    def __init__(self, line: Sequence[Token], context: Context) -> None:
        self._tokens, self._context, self._at, self._depth = line, context, 0, 0

    def parts(self) -> list[Part]:
        """All parts up to the end, or up to the closing parenthesis of what is open."""
        found: list[Part] = []
        while (token := self._peek()) is not None and token.kind is not Kind.CLOSE:
            if self._joins(token, OR, found):
                found.append(self._either(found.pop()))
            elif self._joins(token, AND, found):
                self._at += 1
            else:
                found += self._part()
        if token is not None and not self._depth:
            raise token.whole.problem(
                "This parenthesis closes nothing", remedy="A \\ before it makes it text."
            )
        return found

    def _peek(self, further: int = 0) -> Token | None:
        place = self._at + further
        return self._tokens[place] if place < len(self._tokens) else None

    def _joins(self, token: Token, word: str, found: Sequence[Part]) -> bool:
        """Whether a word is meant to join: it stands between two things, and one of them is a condition."""
        if not _is_word(token, word) or not found or self._peek(1) is None:
            return False
        return is_condition(found[-1]) or self._condition_follows()

    def _condition_follows(self) -> bool:
        further = 1
        while (token := self._peek(further)) is not None and _leads(token):
            further += 1
        return token is not None and token.kind is Kind.CONDITION

    def _either(self, first: Part) -> Part:
        operands = [first]
        while (token := self._peek()) is not None and self._joins(token, OR, operands):
            self._at += 1
            operands += self._operand(token)
        for operand in operands:
            if not is_condition(operand):
                raise operand.piece.problem(
                    "“or” joins conditions, and this is none",
                    remedy="As in tag:cat or tag:dog; words and folders stand by themselves.",
                )
        return Part(Or(conditions_of(operands)), span(operands))

    def _part(self) -> list[Part]:
        begun = self._at
        found = self._read()
        return [self._widened(found[0], begun)] if len(found) == 1 else found

    def _widened(self, part: Part, begun: int) -> Part:
        """The part with all that was read for it: its sign, its parentheses and its weight."""
        first, last = self._tokens[begun].whole, self._tokens[self._at - 1].whole
        following = self._peek()
        end = len(last.line) if following is None else following.whole.start
        end = max(last.end, len(last.line[:end].rstrip()))
        return replace(part, piece=replace(part.piece, start=first.start, end=end))

    def _read(self) -> list[Part]:
        token = self._tokens[self._at]
        self._at += 1
        if token.kind is Kind.MINUS or (_is_word(token, NOT) and self._something_follows()):
            return [negated(self._operand(token), token.whole)]
        if token.kind is Kind.PLUS:
            return [apart(part) for part in joined(self._operand(token))]
        if token.kind is Kind.OPEN:
            return self._group(token)
        return [Part(self._meaning(token), token.whole)]

    def _operand(self, sign: Token) -> list[Part]:
        """What a sign or “or” is about."""
        if not self._something_follows():
            raise sign.whole.problem(
                f"Nothing follows “{sign.whole.text}”", remedy="A \\ before it makes it text."
            )
        if self._depth >= DEEPEST:
            raise sign.whole.problem(f"This is nested more than {DEEPEST} deep")
        self._depth += 1
        try:
            return self._part()
        finally:
            self._depth -= 1

    def _something_follows(self) -> bool:
        token = self._peek()
        return token is not None and token.kind is not Kind.CLOSE

    def _group(self, opening: Token) -> list[Part]:
        if self._depth >= DEEPEST:
            raise opening.whole.problem(f"Parentheses are nested more than {DEEPEST} deep")
        self._depth += 1
        parts = self.parts()
        self._depth -= 1
        closing = self._peek()
        if closing is None:
            raise opening.whole.problem(
                "This parenthesis is never closed", remedy="A \\ before it makes it text."
            )
        self._at += 1
        if not parts:
            raise replace(opening.whole, end=closing.whole.end).problem(
                "There is nothing in these parentheses"
            )
        if closing.weight is not None:
            return [weighted(part, closing.weight) for part in joined(parts, one=True)]
        return joined(parts) if all(map(is_condition, parts)) else parts

    def _meaning(self, token: Token) -> Meaning:
        if token.kind is Kind.WORD:
            words = token.whole.text
            if token.plain and words.endswith(":") and words[:-1].lower() in BY_NAME:
                raise token.whole.problem(f"A value follows “{words}” at once, without a space")
            return Plain(words) if token.weight is None else Term(token.weight, words)
        if token.kind is Kind.PHRASE:
            if not token.whole.text.strip():
                raise token.whole.problem("There is nothing in these quotation marks")
            return Term(token.weight or 1.0, " ".join(token.whole.text.split()), literal=True)
        field = BY_NAME.get(token.name)
        if field is None:
            raise _unknown(token)
        meaning = field.reading.read(token.name, token.pieces, self._context)
        if token.weight is not None and not isinstance(meaning, Term):
            raise token.whole.problem("Words and pictures have weights; conditions have none")
        return replace(meaning, weight=token.weight or 1.0) if isinstance(meaning, Term) else meaning


def _question(parts: Sequence[Part]) -> Question:
    terms, below, plain = list[Term](), list[str](), list[str]()
    for part in parts:
        match part.meaning:
            case Plain(words):
                plain.append(words)
            case Term():
                terms.append(part.meaning)
            case Below(paths):
                below += paths
    conditions = conditions_of(parts)
    where = And(conditions) if len(conditions) > 1 else next(iter(conditions), None)
    check_filter(where, PICTURES)
    first = [Term(words=" ".join(plain))] if plain else []
    question = Question((*first, *terms), where, tuple(dict.fromkeys(below)))
    if len(question.terms) > MOST_TERMS or len(question.below) > MOST_FOLDERS:
        raise InvalidRequest(
            f"A search takes at most {MOST_TERMS} things to look like, and {MOST_FOLDERS} folders."
        )
    return question


def _is_word(token: Token, word: str) -> bool:
    whole = token.kind is Kind.WORD and token.plain and token.weight is None
    return whole and token.whole.text.lower() == word


def _leads(token: Token) -> bool:
    """Whether a token may stand before the condition that it is about."""
    return token.kind in (Kind.MINUS, Kind.PLUS, Kind.OPEN) or _is_word(token, NOT)


def _unknown(token: Token) -> InvalidRequest:
    meant = nearest(token.name)
    remedy = (
        f"Did you mean “{meant}:”?" if meant else f"There are {', '.join(field.name for field in FIELDS)}."
    )
    name = token.whole.part(0, len(token.name))
    return name.problem(
        f"“{token.name}” is no field of a search", remedy=f"{remedy} Quotation marks make it text."
    )
