"""Which conditions of a question hold for a picture, and what it has there."""

from __future__ import annotations

from collections.abc import Iterator

from pinakes.core.filters import And, Filter, Known, Match, Not, Or, Range
from pinakes.core.payload import Payload
from pinakes.search.answer import Condition
from pinakes.vectors.memory import holds

_Leaf = Match | Range | Known


def conditions(where: Filter | None, payload: Payload) -> tuple[Condition, ...]:
    """The conditions on fields that hold for a picture, each with what the picture has there."""
    if where is None:
        return ()
    holding = (_condition(leaf, payload) for leaf in _leaves(where) if holds(leaf, payload))
    return tuple(dict.fromkeys(holding))


def _leaves(where: Filter) -> Iterator[_Leaf]:
    match where:
        case And(inner) | Or(inner):
            for condition in inner:
                yield from _leaves(condition)
        case Match() | Range() | Known():
            yield where
        case Not():
            return  # that something does not hold is nothing a person looks for in a hit


def _condition(leaf: _Leaf, payload: Payload) -> Condition:
    held = payload[leaf.field]
    if isinstance(leaf, Match) and isinstance(held, tuple):
        held = tuple(word for word in held if word in leaf.any_of)
    return Condition(leaf.field, held)
