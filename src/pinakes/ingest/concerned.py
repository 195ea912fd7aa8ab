"""Which stored pictures a sidecar concerns; apart from `sidecars`, as decoding processes load no database."""

from __future__ import annotations

from sqlalchemy import Engine, or_, select

from pinakes.db.tables import assets
from pinakes.ingest.sidecars import SUFFIXES, names

#: Most copies of one content among which the sidecar that was changed last is looked for.
_MOST_COPIES = 100


def pictures_of(engine: Engine, sidecar: str) -> list[tuple[str, str]]:
    """Return path and SHA-256 of the stored pictures beside a sidecar that it may belong to."""
    base = sidecar[: -len(SUFFIXES[0])]
    # '/' follows '.' in ASCII: everything that begins with "base." and nothing else.
    named_alike = (assets.c.path >= base + ".") & (assets.c.path < base + "/")
    query = select(assets.c.path, assets.c.sha256).where(
        or_(assets.c.path == base, named_alike), assets.c.outcome == "stored", ~assets.c.missing
    )
    with engine.execution_options(readonly=True).connect() as connection:
        found = [(str(row.path), str(row.sha256)) for row in connection.execute(query)]
    return [(path, sha256) for path, sha256 in found if sidecar in names(path)]


def copies_of(engine: Engine, sha256: str) -> list[str]:
    """Return the paths at which a content lies, at most a hundred."""
    query = select(assets.c.path).where(assets.c.sha256 == sha256, ~assets.c.missing).limit(_MOST_COPIES)
    with engine.execution_options(readonly=True).connect() as connection:
        return [str(path) for path in connection.scalars(query)]
