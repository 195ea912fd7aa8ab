"""Pairs that are never offered as duplicates, whatever the evidence: said so by a person, or in one stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Engine

from pinakes.duplicates.groups import Pair, ordered
from pinakes.duplicates.resolution import verdicts
from pinakes.duplicates.types import Stack


def apart(engine: Engine, stacks: Iterable[Stack]) -> frozenset[Pair]:
    """The pairs of contents that are no duplicates of one another."""
    return verdicts.distinct(engine) | set(_within(stacks))


def kept_side_by_side(never: Iterable[Pair]) -> set[str]:
    """The contents whose files, equal to the last byte, are all wanted."""
    return {a for a, b in never if b == verdicts.COPIES}


def _within(stacks: Iterable[Stack]) -> Iterator[Pair]:
    for stack in stacks:
        for n, a in enumerate(stack.sha256s):
            yield from (ordered(a, b) for b in stack.sha256s[n + 1 :])
