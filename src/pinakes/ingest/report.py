"""What a scan has to say at its end: each file met in exactly one count, and why files were refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine, func, select

from pinakes.db.paths import below
from pinakes.db.tables import assets
from pinakes.ingest.source import Found


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file or folder that was refused; `reason` is one of `core.types.Reason`, `detail` a sentence."""

    path: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class ScanReport:
    """The library's view of some folders after a scan.

    `counts` has stored, skipped and refused: every file met is in exactly one. `changes` says what this
    scan did: new, changed, unchanged, moved, missing, returned. `skipped` counts by reason.
    """

    folders: tuple[str, ...]
    counts: dict[str, int]
    changes: dict[str, int]
    skipped: dict[str, int]
    refused: tuple[RefusedFile, ...]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return asdict(self)


def make_report(
    engine: Engine,
    folders: tuple[str, ...],
    changes: Mapping[str, int],
    unlisted: Iterable[Found],
    seconds: float,
) -> ScanReport:
    """Sum up what the library holds of `folders` now."""
    here = (below(folders), ~assets.c.missing)
    with engine.execution_options(readonly=True).connect() as connection:
        by_reason = connection.execute(
            select(assets.c.outcome, assets.c.reason, func.count())
            .where(*here)
            .group_by(assets.c.outcome, assets.c.reason)
        ).all()
        refused = [
            RefusedFile(*row)
            for row in connection.execute(
                select(assets.c.path, assets.c.reason, assets.c.detail)
                .where(*here, assets.c.outcome == "refused")
                .order_by(assets.c.path)
            )
        ]
    refused += [
        RefusedFile(f.path, str(f.reason), "The folder cannot be listed; change its permissions.")
        for f in unlisted
    ]
    counts = {
        kind: sum(n for outcome, _, n in by_reason if outcome == kind) for kind in ("stored", "skipped")
    }
    counts["refused"] = len(refused)
    names = ("new", "changed", "unchanged", "moved", "missing", "returned")
    return ScanReport(
        folders,
        counts,
        {name: changes.get(name, 0) for name in names},
        {reason: n for outcome, reason, n in sorted(by_reason, key=str) if outcome == "skipped"},
        tuple(refused),
        round(seconds, 3),
    )
