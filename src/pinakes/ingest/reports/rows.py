"""Everything known of every file, in the order of paths, some hundreds of rows in memory at a time."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    MetaData,
    Select,
    String,
    Table,
    insert,
    select,
    tuple_,
)

from pinakes.core.errors import NotFound
from pinakes.db.columns import PathBytes
from pinakes.db.paths import below
from pinakes.db.tables import assets, contents, failures, groups, indexed, reviews, texts
from pinakes.ingest.reports.columns import Known

#: Files read at a time; between two portions the library is free for whoever writes.
PORTION = 500

#: Duplicate groups looked at at a time.
_GROUPS = 100

#: Which file is in which group of the last review; lives as long as the connection, on disk if it is large.
_grouped = Table(
    "report_groups",
    MetaData(),
    Column("path", PathBytes, primary_key=True),
    Column("id", String(16)),
    Column("tier", String(8)),
    Column("keep", Boolean),
    prefixes=["TEMPORARY"],
)

#: The columns of each table, which follow one another in the rows that are read.
_TABLES = (assets, contents, _grouped)
_COLUMNS = [column.label(f"{table.name}_{column.name}") for table in _TABLES for column in table.c]


def everything(engine: Engine, folders: Sequence[str] | None = None) -> Iterator[Known]:
    """Yield all that is known of each file, of the whole library or below some absolute folders.

    Memory does not grow with the library. What is stored meanwhile may or may not be among it; no file comes
    twice.
    """
    with engine.execution_options(readonly=True).connect() as connection:
        connection.detach()  # closed at the end rather than given to others, with its temporary table
        _grouped.create(connection, checkfirst=False)
        _fill_groups(connection)
        connection.commit()
        after: str | None = None
        while portion := [_parted(row) for row in connection.execute(_files(folders, after))]:
            yield from _known(connection, portion)
            after = portion[-1][0]["path"]
            connection.rollback()


def within(engine: Engine, folders: Sequence[str]) -> tuple[str, ...] | None:
    """Return folders as real paths for a report, whether they are there or not; none means the whole library.

    Raises:
        NotFound: the library knows no file below one of them.
    """
    real = tuple(map(os.path.realpath, folders))
    with engine.execution_options(readonly=True).connect() as connection:
        for given, folder in zip(folders, real, strict=True):
            if connection.scalar(select(assets.c.id).where(below((folder,))).limit(1)) is None:
                raise NotFound(
                    f"The library knows no file below {given!a}.",
                    remedy="Scan it first: `pinakes scan FOLDER`.",
                )
    return real or None


def _files(folders: Sequence[str] | None, after: str | None) -> Select[Any]:
    joined = assets.outerjoin(contents, contents.c.sha256 == assets.c.sha256)
    joined = joined.outerjoin(_grouped, _grouped.c.path == assets.c.path)
    query = select(*_COLUMNS).select_from(joined).order_by(assets.c.path).limit(PORTION)
    if folders is not None:
        query = query.where(below(folders))
    return query if after is None else query.where(assets.c.path > after)


def _parted(row: Sequence[Any]) -> list[dict[str, Any]]:
    """A row as one of each table."""
    values = iter(row)
    return [dict(zip(table.c.keys(), values, strict=False)) for table in _TABLES]


def _known(connection: Connection, portion: Sequence[list[dict[str, Any]]]) -> Iterator[Known]:
    names = list({asset["sha256"] for asset, *_ in portion if asset["sha256"] is not None})
    said, refused = _texts(connection, names), _failures(connection, names)
    found = _indexes(connection, [asset["id"] for asset, *_ in portion])
    for asset, content, group in portion:
        sha256 = asset["sha256"]
        yield Known(
            asset=asset,
            content=content,
            told=content["metadata"] or {},
            group=group,
            texts={kind: said[kind, sha256] for kind in ("caption", "text")},
            failures=refused[sha256],
            indexes=found[asset["id"]],
        )


def _texts(connection: Connection, names: list[str]) -> Mapping[tuple[str, str | None], dict[str, str]]:
    query = select(texts).where(texts.c.sha256.in_(names)).order_by(texts.c.model)
    found: dict[tuple[str, str | None], dict[str, str]] = defaultdict(dict)
    for row in connection.execute(query):
        found[row.kind, row.sha256][row.model] = row.value
    return found


def _failures(connection: Connection, names: list[str]) -> Mapping[str | None, list[str]]:
    found: dict[str | None, list[str]] = defaultdict(list)
    for step, model in _beginnings(connection, failures, "step", "model"):
        query = select(failures).where(
            failures.c.step == step, failures.c.model == model, failures.c.sha256.in_(names)
        )
        for row in connection.execute(query):
            found[row.sha256].append(f"{row.step}: {row.reason}: {row.detail} ({row.model})")
    return found


def _indexes(connection: Connection, ids: list[int]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for (index,) in _beginnings(connection, indexed, "index"):
        query = select(indexed.c.asset).where(indexed.c.index == index, indexed.c.asset.in_(ids))
        for asset in connection.scalars(query):
            found[asset].append(index)
    return found


def _beginnings(connection: Connection, table: Table, *names: str) -> Iterator[tuple[Any, ...]]:
    """Distinct values of the first columns of a table's key, each found by one look into its index."""
    columns = [table.c[name] for name in names]
    query = select(*columns).order_by(*columns).limit(1)
    found = connection.execute(query).first()
    while found is not None:
        values = tuple(found)
        yield values
        found = connection.execute(query.where(tuple_(*columns) > tuple_(*values))).first()


def _fill_groups(connection: Connection) -> None:
    newest = connection.scalar(select(reviews.c.id).order_by(reviews.c.made_at.desc()).limit(1))
    position = -1
    query = select(groups.c.position, groups.c.id, groups.c.tier, groups.c.body).order_by(groups.c.position)
    query = query.where(groups.c.review == newest).limit(_GROUPS)
    while portion := connection.execute(query.where(groups.c.position > position)).all():
        position = portion[-1].position
        members = [
            {"path": member["path"], "id": row.id, "tier": row.tier, "keep": number == 0}
            for row in portion
            for number, member in enumerate(row.body["members"])
        ]
        if members:
            connection.execute(insert(_grouped).prefix_with("OR IGNORE"), members)
