"""What is different from the last scan: the walk and the table of assets, merged in one pass."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, LargeBinary, select, type_coerce

from pinakes.core.types import Reason
from pinakes.db.paths import below
from pinakes.db.tables import assets
from pinakes.ingest.source import Found

#: Refusals that may have passed without the file changing; such files are looked at on every scan.
LOOKED_AT_AGAIN = frozenset(
    (
        Reason.PERMISSION_DENIED,
        Reason.VANISHED,
        Reason.CHANGED,
        Reason.UNREADABLE,
        Reason.NEEDS_EXTRA,
        Reason.TOO_MANY_BYTES,
        Reason.TOO_MANY_PIXELS,
        Reason.EXCLUDED,
    )
)


_DECIDED_BY_THE_WALK = frozenset((Reason.LINK, Reason.SPECIAL_FILE, Reason.HIDDEN, Reason.EXCLUDED))


class Known(NamedTuple):
    """What the library remembers of a path."""

    path: bytes
    bytes: int
    mtime_ns: int
    inode: str
    device: str
    reason: str | None
    missing: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A path that is not as it was; exactly one of the two sides may be absent.

    `found` without `known` is new, `known` without `found` is gone, both together are to be read again,
    or, with `returned`, are as they were after having been away.
    """

    found: Found | None
    known: Known | None
    returned: bool = False


def changes(
    walk: Iterable[Found],
    known: Iterable[Known],
    *,
    at_rest: Callable[[Found], bool] = lambda _: True,
) -> Iterator[Change | None]:
    """Merge a walk with what is known of its folders, both in byte order of paths.

    Yields None for each file that is as it was, or is not `at_rest` and left for later, so that the caller
    can count, and a `Change` for the rest. Memory does not grow with the library.
    """
    remembered = iter(known)
    old = next(remembered, None)
    for found in walk:
        path = found.raw
        while old is not None and old.path < path:
            yield Change(None, old)
            old = next(remembered, None)
        if old is None or old.path != path:
            yield Change(found, None) if at_rest(found) else None
            continue
        if not _unchanged(found, old):
            yield Change(found, old) if at_rest(found) else None
        elif old.missing:
            yield Change(found, old, returned=True)
        else:
            yield None
        old = next(remembered, None)
    while old is not None:
        yield Change(None, old)
        old = next(remembered, None)


def remembered(connection: Connection, folders: Iterable[str]) -> Iterator[Known]:
    """Stream what is known below the folders, in byte order of paths."""
    path = type_coerce(assets.c.path, LargeBinary)
    query = (
        select(path, *(assets.c[name] for name in Known._fields[1:]))
        .where(below(folders))
        .order_by(assets.c.path)
    )
    compiled = query.compile(connection.engine, compile_kwargs={"render_postcompile": True})
    # The driver's own cursor: wrapping each of a million rows costs more than reading it.
    cursor = connection.connection.cursor()
    cursor.arraysize = 2000
    cursor.execute(str(compiled), [_plain(value) for value in compiled.construct_params().values()])
    while rows := cursor.fetchmany():
        yield from map(partial(tuple.__new__, Known), rows)


def _plain(value: object) -> object:
    return os.fsencode(value) if isinstance(value, str) else value


def is_same_file(status: os.stat_result, old: Known) -> bool:
    """Whether a file's status is what the library remembers: size, time of change and inode."""
    if status.st_mtime_ns != old.mtime_ns or status.st_size != old.bytes:
        return False
    # An inode number means something within one mount of a volume only.
    return str(status.st_ino) == old.inode or str(status.st_dev) != old.device


def _unchanged(found: Found, old: Known) -> bool:
    _, status, reason, _ = found
    if status is None or not is_same_file(status, old):
        return False
    if reason is None and old.reason is None:
        return True
    return old.reason not in LOOKED_AT_AGAIN and reason == (
        old.reason if old.reason in _DECIDED_BY_THE_WALK else None
    )
