"""What undoing or emptying would do, found out by looking at the files; nothing is changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from pinakes.duplicates.places import shown
from pinakes.duplicates.resolution import journal, removal, trash, undo
from pinakes.duplicates.resolution.files import Directories
from pinakes.duplicates.resolution.journal import Act, Event, Item
from pinakes.duplicates.resolution.plan import Verb
from pinakes.duplicates.resolution.resolve import CHUNK

#: Items that are looked at; the rest is counted only.
MOST_LOOKED_AT = 5000

#: Items that cannot be done and are named.
MOST_NAMED = 200


@dataclass(frozen=True, slots=True)
class Foresight:
    """What would come of it: of `items`, so many were `looked_at`, and of these some could not be done.

    `bytes` are those of the files looked at that could; `refused` holds paths and reasons, the first ones.
    """

    acts: tuple[str, ...]
    items: int
    looked_at: int
    possible: int
    bytes: int
    refused: tuple[tuple[str, str], ...]


def of_undo(
    engine: Engine, state: Path, act_ids: Sequence[str], only: Mapping[str, Collection[int]] | None = None
) -> Foresight:
    """What undoing acts, or `only` these items of them, would bring back, and what it could not.

    Raises:
        NotFound: there is no such act.
        InvalidRequest: an act is itself an undo or an emptying.
    """
    acts = undo.named(engine, act_ids)
    total = sum(act.standing + act.emptied if only is None else len(only[act.id]) for act in acts)
    state = Path(os.path.realpath(state))
    with Directories() as directories, _reading(engine) as connection:
        items = (
            item
            for item in _items(connection, acts)
            if (only is None or item.item in only[item.act])
            and (item.event in journal.STANDING or item.event == Event.EMPTIED)
        )
        return _looked(acts, total, items, lambda item: _obstacle(item, directories, state))


def of_emptying(engine: Engine, *, before: float, only: Collection[str] | None = None) -> Foresight:
    """What `trash.empty` would delete for good, and what it would leave since it may be the last copy."""
    acts = list(trash.emptied_acts(engine, before, only))
    with _reading(engine) as connection:
        items = (
            item
            for item in _items(connection, acts)
            if item.event in journal.STANDING and Verb(item.verb).removes
        )
        total = sum(act.standing for act in acts)
        return _looked(acts, total, items, lambda item: _last_copy(connection, item))


def _looked(
    acts: Sequence[Act], total: int, items: Iterator[Item], objection: Callable[[Item], str]
) -> Foresight:
    looked_at = possible = size = 0
    refused: list[tuple[str, str]] = []
    for item in items:
        if looked_at >= MOST_LOOKED_AT:
            break
        looked_at += 1
        reason = objection(item)
        if reason:
            refused.append((item.path or "", reason))
        else:
            possible += 1
            size += item.detail.get("bytes", 0)
    # Acts count verdicts too, of which nothing lies in the trash: what was seen to the end is the number.
    items_in_all = total if looked_at >= MOST_LOOKED_AT else looked_at
    named = tuple(refused[:MOST_NAMED])
    return Foresight(tuple(act.id for act in acts), items_in_all, looked_at, possible, size, named)


def _items(connection: Connection, acts: Sequence[Act]) -> Iterator[Item]:
    for act in acts:
        for first in range(1, act.planned + 1, CHUNK):
            yield from journal.items_of(connection, act.id, first, first + CHUNK - 1)


def _obstacle(item: Item, directories: Directories, state: Path) -> str:
    if item.event == Event.EMPTIED:
        return undo.EMPTIED
    if not Verb(item.verb).removes:
        return ""
    return removal.obstacle(removal.journalled(item), directories, state)


def _last_copy(connection: Connection, item: Item) -> str:
    if trash.is_kept(connection, item):
        return ""
    return trash.LAST_COPY.format(shown(item.kept_path or ""))


def _reading(engine: Engine) -> Connection:
    return engine.execution_options(readonly=True).connect()
