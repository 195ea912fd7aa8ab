"""The cheapest way to a stretch of a month: from its nearer end, past others' pictures or sorting few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, true, tuple_

from pinakes.core.errors import InvalidRequest
from pinakes.db.tables import directories, months, shown
from pinakes.db.tables.grid import EVERYWHERE

#: What a grid needs of a picture.
COLUMNS = (shown.c.month, shown.c.taken_at, shown.c.asset, shown.c.sha256, shown.c.ratio, shown.c.placeholder)

#: Order of a month: of pictures of one moment, the one met last comes first.
NEWEST_FIRST = (shown.c.taken_at.desc(), shown.c.asset.desc())

_MOMENT = (shown.c.taken_at, shown.c.asset)

#: The same for few pictures, which are sorted: the sum keeps the index in order of dates out.
_KEY = (shown.c.taken_at + 0, shown.c.asset)

_Row = TypeVar("_Row", bound=tuple[Any, ...])

_Order = Sequence[ColumnElement[Any]]

#: How much more a picture costs that is collected and sorted than one that is stepped over.
_SORTING = 3


@dataclass(frozen=True, slots=True)
class Stretch:
    """`length` pictures from `offset` of the `count` that a month has below a folder, or of all for None.

    `everywhere` is how many the month has in the whole library.
    """

    month: str
    folder: str | None
    offset: int
    length: int
    count: int
    everywhere: int

    @property
    def backwards(self) -> bool:
        """Whether it is nearer to the month's end."""
        return self.offset > self._after

    @property
    def query(self) -> Select[tuple[str, float, int, str, int, str | None]]:
        """Selects `COLUMNS` of it, in the month's order or, if `backwards`, against it."""
        month = select(*COLUMNS).where(shown.c.month == self.month)
        if self.folder is None or self.count == self.everywhere:
            return self._cut(month, _MOMENT)
        if not self._is_collected:
            return self._cut(month.where(shown_in(self.folder)), _MOMENT)
        few = select(*_KEY).where(
            shown.c.month == self.month, shown.c.directory.in_(_directories(self.folder))
        )
        return self._ordered(month.where(tuple_(*_MOMENT).in_(self._cut(few, _KEY))), _MOMENT)

    def _cut(self, query: Select[_Row], by: _Order) -> Select[_Row]:
        return self._ordered(query, by).offset(min(self.offset, self._after)).limit(self.length)

    def _ordered(self, query: Select[_Row], by: _Order) -> Select[_Row]:
        return query.order_by(*(by if self.backwards else (column.desc() for column in by)))

    @property
    def _after(self) -> int:
        return self.count - self.offset - self.length

    @property
    def _is_collected(self) -> bool:
        """Whether sorting the folder's own pictures costs less than stepping over those of others."""
        steps = min(self.offset, self._after) + self.length
        return _SORTING * self.count * self.count < steps * self.everywhere


def stretch(
    connection: Connection, month: str, folder: str | None, offset: int, limit: int
) -> Stretch | None:
    """The pictures of a month from `offset`, at most `limit`; None where there are none."""
    mine = count(connection, month, folder)
    length = min(limit, mine - offset)
    if length <= 0:
        return None
    everywhere = mine if folder is None else count(connection, month, None)
    return Stretch(month, folder, offset, length, mine, everywhere)


def count(connection: Connection, month: str, folder: str | None) -> int:
    """How many pictures a month has below an absolute folder, or in the whole library."""
    query = select(func.sum(months.c.count)).where(counted_in(folder), months.c.month == month)
    return int(connection.scalar(query) or 0)


def counted_in(folder: str | None) -> ColumnElement[bool]:
    """Condition on `months`: counts of the directories below an absolute folder, of the library for None."""
    return (
        months.c.directory == EVERYWHERE if folder is None else months.c.directory.in_(_directories(folder))
    )


def shown_in(folder: str | None) -> ColumnElement[bool]:
    """Condition on `shown`: the picture lies below an absolute folder, anywhere for None."""
    # The sum keeps the index of directories out: the order of dates is worth more.
    return true() if folder is None else (shown.c.directory + 0).in_(_directories(folder))


def _directories(folder: str) -> Select[tuple[int]]:
    """Numbers of a folder and of those below it.

    Raises:
        InvalidRequest: it is no absolute path.
    """
    if not folder.startswith("/") or "\0" in folder:
        raise InvalidRequest(f"{folder!a} is no absolute path.")
    base = folder.rstrip("/")
    path = directories.c.path
    # '0' follows '/' in ASCII: everything that begins with "base/" and nothing else.
    return select(directories.c.id).where(
        or_(path == (base or "/"), and_(path >= base + "/", path < base + "0"))
    )
