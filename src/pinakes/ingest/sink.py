"""Where outcomes go: rows in batches, each batch whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, Table, bindparam, exists, func, select, update
from sqlalchemy.dialects.sqlite import Insert, insert

from pinakes.core.types import Reason, Refusal, Row
from pinakes.db.tables import assets, contents, directories
from pinakes.ingest.doubts import doubt
from pinakes.ingest.steps import EMPTY_SHARE, PREPARED_BY

#: Reasons that mean a file is nobody's picture; every other refusal is the picture's own.
SKIPPED = frozenset(
    (
        Reason.NOT_A_PICTURE,
        Reason.SIDECAR,
        Reason.LINK,
        Reason.HIDDEN,
        Reason.EXCLUDED,
        Reason.SPECIAL_FILE,
    )
)


#: A time of change that no file has.
_NEVER = -(2**63)

_IS_PREPARED = select(
    exists().where(contents.c.sha256 == bindparam("sha256"), contents.c.prepared_by == PREPARED_BY)
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one file ended: stored as content `sha256`, or not, with the reason.

    `facts` are those of a content that was not known before; `status` is None where there was none.
    `retold` is metadata of contents that were known, by their SHA-256, since a sidecar says something else.
    """

    path: str
    folder: str
    status: os.stat_result | None
    sha256: str | None = None
    facts: Row | None = None
    refusal: Refusal | None = None
    retold: Mapping[str, Row] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """stored, skipped or refused."""
        if self.refusal is None:
            return "stored"
        return "skipped" if self.refusal.reason in SKIPPED else "refused"

    @property
    def directory(self) -> str:
        """The directory that holds the file."""
        return os.path.dirname(self.path)  # noqa: PTH120 - on every file of the library


class Sink:
    """Writes outcomes to the library; several scans may write at once."""

    def __init__(self, engine: Engine, scan: int) -> None:
        self._engine = engine
        self._scan = scan

    def is_prepared(self, sha256: str) -> bool:
        """Whether this content is known and was prepared by this revision of the code."""
        with self._engine.execution_options(readonly=True).connect() as connection:
            return bool(connection.scalar(_IS_PREPARED, {"sha256": sha256}))

    def doubt_outdated(self) -> None:
        """Have every file whose content an earlier version of the code prepared read again by this scan."""
        outdated = select(contents.c.sha256).where(
            (contents.c.prepared_by < PREPARED_BY) | (contents.c.prepared_by > PREPARED_BY)
        )
        with self._engine.begin() as connection:
            connection.execute(update(assets).where(assets.c.sha256.in_(outdated)).values(mtime_ns=_NEVER))

    def write(self, outcomes: Iterable[Outcome]) -> None:
        """Store a batch in one transaction; a path or content that is there already is brought up to date."""
        batch = list(outcomes)
        fresh = [{"sha256": outcome.sha256, **outcome.facts} for outcome in batch if outcome.facts]
        with self._engine.begin() as connection:
            if fresh:
                connection.execute(_upsert(contents, "sha256", fresh[0]), fresh)
                doubt(connection, [row["sha256"] for row in fresh])
            if batch:
                held = _directories(connection, batch)
                rows = [self._row(outcome, held) for outcome in batch]
                connection.execute(_upsert(assets, "path", rows[0]), rows)
            for outcome in batch:
                _retell(connection, outcome.retold)

    def retell(self, retold: Mapping[str, Row]) -> None:
        """Store metadata of known contents anew, by their SHA-256."""
        if retold:
            with self._engine.begin() as connection:
                _retell(connection, retold)

    def mark_back(self, paths: Iterable[bytes]) -> None:
        """Note that files are there again, as they were."""
        self._mark(paths, {"missing": False})

    def mark_gone(self, paths: Iterable[bytes]) -> int:
        """Note that files are not there; everything known of them is kept.

        Returns how many of them this scan met at another path instead.
        """
        self._mark(paths, {"missing": True, "seen_in": self._scan})
        here = assets.alias()
        moved = exists().where(
            here.c.sha256 == assets.c.sha256, here.c.seen_in == self._scan, ~here.c.missing
        )
        gone = select(func.count()).where(assets.c.missing, assets.c.seen_in == self._scan, moved)
        with self._engine.execution_options(readonly=True).connect() as connection:
            return int(connection.scalar(gone) or 0)

    def _mark(self, paths: Iterable[bytes], values: Row) -> None:
        rows = [{"at": os.fsdecode(path)} for path in paths]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(
                    update(assets).where(assets.c.path == bindparam("at")).values(values), rows
                )

    def _row(self, outcome: Outcome, held: Mapping[str, int]) -> Row:
        status, refusal = outcome.status, outcome.refusal
        return {
            "path": outcome.path,
            "folder": outcome.folder,
            "directory": held[outcome.directory] if outcome.sha256 else None,
            "sha256": outcome.sha256,
            "bytes": status.st_size if status else 0,
            "mtime_ns": status.st_mtime_ns if status else 0,
            "inode": str(status.st_ino) if status else "",
            "device": str(status.st_dev) if status else "",
            "outcome": outcome.kind,
            "reason": refusal.reason if refusal else None,
            "detail": refusal.detail if refusal else None,
            "seen_in": self._scan,
            "missing": False,
        }


def _directories(connection: Connection, batch: Iterable[Outcome]) -> dict[str, int]:
    """Numbers of the directories that hold what was stored, given to those that had none."""
    paths = sorted({outcome.directory for outcome in batch if outcome.sha256}, key=os.fsencode)
    if not paths:
        return {}
    connection.execute(insert(directories).on_conflict_do_nothing(), [{"path": path} for path in paths])
    known = select(directories.c.path, directories.c.id).where(directories.c.path.in_(paths))
    return {row.path: row.id for row in connection.execute(known)}


def _retell(connection: Connection, retold: Mapping[str, Row]) -> None:
    for sha256, row in retold.items():
        this = contents.c.sha256 == sha256
        before = connection.scalar(select(contents.c.metadata).where(this)) or {}
        kept = {EMPTY_SHARE: before[EMPTY_SHARE]} if EMPTY_SHARE in before else {}
        values = {**row, "metadata": {**row["metadata"], **kept}}
        connection.execute(update(contents).where(this).values(values))
    if retold:
        doubt(connection, list(retold))


def _upsert(table: Table, key: str, row: Row) -> Insert:
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in row if name != key}
    return statement.on_conflict_do_update(index_elements=[key], set_=changed)
