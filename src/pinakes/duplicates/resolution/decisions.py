"""Which groups were decided and when, as the journal tells; only lines that are new are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import Engine, func, select

from pinakes.db.tables import journal
from pinakes.duplicates.resolution.journal import HEADER, STANDING, UNDER_WAY, Event
from pinakes.duplicates.resolution.plan import Verb


@dataclass(frozen=True, slots=True)
class Said:
    """One standing item of a group: the line and the moment that it was done at, and its verb."""

    line: int
    at: float
    verb: Verb
    act: str


@dataclass(slots=True)
class Decisions:
    """What stands of all that was decided over groups; `upto` is the last line that was read."""

    engine: Engine
    upto: int = 0
    _standing: dict[str, dict[tuple[str, int], Said]] = field(default_factory=lambda: defaultdict(dict))
    _lock: Lock = field(default_factory=Lock)

    def read(self) -> int:
        """Take in what was written since, and return the last line of the journal."""
        columns = (
            journal.c.line,
            journal.c.at,
            journal.c.act,
            journal.c.item,
            journal.c.event,
            journal.c.verb,
        )
        with self._lock, self.engine.execution_options(readonly=True).connect() as connection:
            newest = connection.scalar(select(func.max(journal.c.line))) or 0
            if newest > self.upto:
                query = (
                    select(*columns, journal.c.group_id)
                    .where(journal.c.line > self.upto, journal.c.line <= newest, journal.c.item > HEADER)
                    .order_by(journal.c.line)
                )
                for line, at, act, item, event, verb, group in connection.execute(query):
                    if group:
                        self._take(group, (act, item), event, Said(line, at, Verb(verb), act))
                self.upto = newest
            return newest

    def since(self, moment: float) -> Mapping[str, tuple[Said, ...]]:
        """What stands of what was done after a moment (Unix time), oldest first, by group."""
        with self._lock:
            found = {
                group: tuple(sorted((s for s in items.values() if s.at >= moment), key=lambda s: s.line))
                for group, items in self._standing.items()
            }
        return {group: said for group, said in found.items() if said}

    def verdicts(self, moment: float) -> frozenset[str]:
        """Groups over which a verdict stands that was given after a moment (Unix time)."""
        since = self.since(moment)
        return frozenset(group for group, said in since.items() if any(not one.verb.removes for one in said))

    def _take(self, group: str, item: tuple[str, int], event: str, said: Said) -> None:
        if event in STANDING or event == Event.EMPTIED:
            self._standing[group].setdefault(item, said)
        elif event not in UNDER_WAY:
            self._standing[group].pop(item, None)


def settled(said: tuple[Said, ...], files: int) -> Said | None:
    """What settled a group of so many files: a verdict over all, or the removal that left a single one."""
    verdict = next((each for each in said if not each.verb.removes), None)
    removals = [each for each in said if each.verb.removes]
    last = removals[files - 2] if 2 <= files <= len(removals) + 1 else None
    return min((each for each in (verdict, last) if each), key=lambda each: each.line, default=None)
