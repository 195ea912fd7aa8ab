"""What a person said of contents: no duplicates, all to be kept, a stack; written from journalled acts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, islice

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.dialects.sqlite import insert

from pinakes.core.types import Row
from pinakes.db.tables import distinct_pairs, stack_members
from pinakes.duplicates.resolution.files import Objection
from pinakes.duplicates.resolution.journal import Item
from pinakes.duplicates.resolution.plan import PlannedItem, Verb

#: Stands in for the second content where files of one content are to be kept side by side. It sorts after
#: every SHA-256 and is none.
COPIES = "same"

#: Rows written in one statement: a group of a thousand contents has half a million pairs.
_BATCH = 1000


def contents_of(item: PlannedItem) -> list[str]:
    """The contents that a verdict is about: SHA-256 in byte order, twice where several files have one."""
    counted = Counter(asset.sha256 for asset in (item.asset, *item.others))
    return sorted(sha256 for sha256, files in counted.items() for _ in range(min(files, 2)))


def remember(connection: Connection, item: Item) -> None:
    """Write what an item says; what another act said before stays that act's.

    Raises:
        Objection: the contents are in different stacks already; nothing was written.
    """
    if item.verb == Verb.STACK:
        _stack(connection, item)
        return
    pairs: Iterator[Row] = (
        {"a": a, "b": b, "act": item.act} for a, b in _pairs(item.detail["contents"], Verb(item.verb))
    )
    while batch := list(islice(pairs, _BATCH)):
        connection.execute(insert(distinct_pairs).on_conflict_do_nothing(), batch)


def forget(connection: Connection, item: Item) -> None:
    """Take back what an item wrote."""
    contents = item.detail["contents"]
    if item.verb == Verb.STACK:
        connection.execute(
            delete(stack_members).where(
                stack_members.c.act == item.act, stack_members.c.sha256.in_(set(contents))
            )
        )
        return
    for a in dict.fromkeys(contents):
        connection.execute(
            delete(distinct_pairs).where(
                distinct_pairs.c.act == item.act,
                distinct_pairs.c.a == a,
                distinct_pairs.c.b.in_({*contents, COPIES}),
            )
        )


def distinct(engine: Engine) -> frozenset[tuple[str, str]]:
    """Pairs of contents that are not to be offered as duplicates, each in byte order.

    A pair whose second is `COPIES` says that files with the first content are kept side by side.
    """
    query = select(distinct_pairs.c.a, distinct_pairs.c.b)
    with engine.execution_options(readonly=True).connect() as connection:
        return frozenset((a, b) for a, b in connection.execute(query))


def stacks(engine: Engine) -> dict[str, tuple[str, ...]]:
    """Stacks that a person made: the contents of each, by its id."""
    query = select(stack_members.c.stack, stack_members.c.sha256).order_by(
        stack_members.c.stack, stack_members.c.sha256
    )
    found: dict[str, tuple[str, ...]] = {}
    with engine.execution_options(readonly=True).connect() as connection:
        for stack, sha256 in connection.execute(query):
            found[stack] = (*found.get(stack, ()), sha256)
    return found


def _pairs(contents: Sequence[str], verb: Verb) -> Iterator[tuple[str, str]]:
    for a, b in dict.fromkeys(combinations(contents, 2)):
        if a != b:
            yield a, b
        elif verb is Verb.KEEP:
            yield a, COPIES


def _stack(connection: Connection, item: Item) -> None:
    contents = set(item.detail["contents"])
    query = select(stack_members.c.stack).where(stack_members.c.sha256.in_(contents)).distinct()
    known = list(connection.scalars(query))
    if len(known) > 1:
        raise Objection("they are in different stacks already; undo those first")
    stack = known[0] if known else f"{item.act[:23]}-{item.item}"
    rows = [{"sha256": sha256, "stack": stack, "act": item.act} for sha256 in sorted(contents)]
    connection.execute(insert(stack_members).on_conflict_do_nothing(), rows)
