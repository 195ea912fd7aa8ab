"""The library summed up for a person: how much there is of what, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, select, true

from pinakes.db.paths import below
from pinakes.db.tables import assets, contents, failures, indexed, reviews, texts

#: Entries of each list, the most frequent first; years are all listed.
MOST = 20


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of present files; each by-list is the most frequent first, years in order.

    `pictures` are distinct contents, `bytes` the sum of all stored files. `indexed` counts files by index,
    `described` contents by kind of text, `failed` contents by step. `duplicates` is what the last review of
    anything counted, or None.
    """

    files: dict[str, int]
    missing: int
    pictures: int
    bytes: int
    formats: dict[str, int]
    cameras: dict[str, int]
    years: dict[str, int]
    places: dict[str, int]
    skipped: dict[str, int]
    refused: dict[str, int]
    indexed: dict[str, int]
    described: dict[str, int]
    failed: dict[str, int]
    duplicates: dict[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        """The summary as plain JSON values."""
        return asdict(self)


def summed_up(engine: Engine, folders: Sequence[str] | None = None) -> Summary:
    """Sum up the whole library, or what lies below some absolute folders."""
    where = true() if folders is None else below(folders)
    with engine.execution_options(readonly=True).connect() as connection:
        counting = _Counting(connection, where & ~assets.c.missing)
        by_outcome = counting.files(assets.c.outcome)
        told = contents.c.metadata
        return Summary(
            files={name: by_outcome.get(name, 0) for name in ("stored", "skipped", "refused")},
            missing=connection.scalar(select(func.count()).where(where, assets.c.missing)) or 0,
            pictures=counting.stored(func.count(assets.c.sha256.distinct())),
            bytes=counting.stored(func.coalesce(func.sum(assets.c.bytes), 0)),
            formats=counting.files(contents.c.format),
            cameras=counting.files(told["camera"].as_string()),
            years=counting.years(),
            places=counting.files(told["place"]["country"].as_string()),
            skipped=counting.files(assets.c.reason, assets.c.outcome == "skipped"),
            refused=counting.files(assets.c.reason, assets.c.outcome == "refused"),
            indexed=counting.by_index(),
            described=counting.by_kind(texts.c.kind, texts.c.sha256, texts.c.value != ""),
            failed=counting.by_kind(failures.c.step, failures.c.sha256, true()),
            duplicates=_last_review(connection),
        )


class _Counting:
    """Counts over the present files of some folders."""

    def __init__(self, connection: Connection, here: ColumnElement[bool]) -> None:
        self._connection, self._here = connection, here
        self._joined = assets.outerjoin(contents, contents.c.sha256 == assets.c.sha256)

    def files(self, what: ColumnElement[Any], only: ColumnElement[bool] | None = None) -> dict[str, int]:
        query = select(what, func.count()).select_from(self._joined).where(self._here, what.is_not(None))
        query = query.where(true() if only is None else only)
        return self._most(query.group_by(what).order_by(func.count().desc(), what).limit(MOST))

    def stored(self, what: ColumnElement[Any]) -> int:
        return int(self._connection.scalar(select(what).where(self._here, assets.c.outcome == "stored")) or 0)

    def years(self) -> dict[str, int]:
        year = func.strftime("%Y", contents.c.taken_at, "unixepoch")
        query = select(year, func.count()).select_from(self._joined).where(self._here, year.is_not(None))
        return self._most(query.group_by(year).order_by(year))

    def by_index(self) -> dict[str, int]:
        joined = indexed.join(assets, assets.c.id == indexed.c.asset)
        query = select(indexed.c.index, func.count()).select_from(joined).where(self._here)
        return self._most(query.group_by(indexed.c.index))

    def by_kind(
        self, kind: ColumnElement[Any], content: ColumnElement[Any], only: ColumnElement[bool]
    ) -> dict[str, int]:
        here = select(assets.c.sha256).where(self._here)
        query = select(kind, func.count(content.distinct())).where(content.in_(here), only)
        return self._most(query.group_by(kind).order_by(kind))

    def _most(self, query: Any) -> dict[str, int]:
        return {str(name): int(count) for name, count in self._connection.execute(query)}


def _last_review(connection: Connection) -> dict[str, Any] | None:
    query = select(reviews.c.counts, reviews.c.made_at, reviews.c.scope)
    row = connection.execute(query.order_by(reviews.c.made_at.desc()).limit(1)).first()
    return None if row is None else {**row.counts, "made_at": row.made_at, "folders": row.scope["folders"]}
