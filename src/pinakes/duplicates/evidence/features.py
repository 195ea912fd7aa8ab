"""What models compute of contents: looked up, computed where it is missing, and never computed twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from pinakes.core.types import ModelIdentity, Refusal, Row
from pinakes.db.tables import features
from pinakes.duplicates.evidence.pictures import Pictures
from pinakes.duplicates.scope import reading

#: Contents computed between two commits: what a kill -9 costs at most.
BATCH = 64

#: Computes the stored form of some thumbnails (JPEG bytes), one answer each, in order.
Compute = Callable[[Sequence[bytes]], Sequence[bytes | Refusal]]


def ensure(
    engine: Engine,
    model: ModelIdentity,
    sha256s: Sequence[str],
    pictures: Pictures,
    compute: Compute,
    *,
    watch: Callable[[int, int], None],
) -> list[str]:
    """Compute what is missing of `model` for `sha256s` and return those that were computed now.

    A content without a thumbnail, or refused by the model, is left out and tried again next time.
    """
    missing = sorted(set(sha256s) - stored_names(engine, model))
    fresh: list[str] = []
    for names in _batches(missing):
        seen = [(name, thumbnail) for name in names if (thumbnail := pictures.thumbnail(name)) is not None]
        values = compute([thumbnail for _, thumbnail in seen]) if seen else ()
        rows: list[Row] = [
            {**_key(model), "sha256": name, "value": value}
            for (name, _), value in zip(seen, values, strict=True)
            if isinstance(value, bytes)
        ]
        if rows:
            with engine.begin() as connection:
                connection.execute(insert(features).on_conflict_do_nothing(), rows)
        fresh += [row["sha256"] for row in rows]
        watch(len(fresh), len(missing))
    return fresh


def mark(engine: Engine, model: ModelIdentity, sha256s: Sequence[str]) -> None:
    """Note that something was done with these contents that leaves no value of its own."""
    rows: list[Row] = [{**_key(model), "sha256": name, "value": b""} for name in sha256s]
    with engine.begin() as connection:
        connection.execute(insert(features).on_conflict_do_nothing(), rows)


def stored_names(engine: Engine, model: ModelIdentity) -> set[str]:
    """The contents that `model` was computed for."""
    query = select(features.c.sha256).where(
        *(features.c[name] == value for name, value in _key(model).items())
    )
    with reading(engine) as connection:
        return set(connection.scalars(query))


def load(engine: Engine, model: ModelIdentity) -> Iterator[tuple[str, bytes]]:
    """Stream what `model` computed, ascending by content."""
    query = (
        select(features.c.sha256, features.c.value)
        .where(*(features.c[name] == value for name, value in _key(model).items()))
        .order_by(features.c.sha256)
        .execution_options(yield_per=1000)
    )
    with reading(engine) as connection:
        yield from ((sha256, value) for sha256, value in connection.execute(query))


def _key(model: ModelIdentity) -> dict[str, str]:
    return {"model": model.name, "revision": model.revision, "preprocess": model.preprocess}


def _batches(names: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(names)
    return iter(lambda: list(islice(rest, BATCH)), [])
