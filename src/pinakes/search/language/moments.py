"""Dates as they are typed, by the clock of the camera: 2019, 2019-06, today, last-week, last-3-months."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pinakes.search.language.line import Piece

#: Words for spans of time, as suggestions give them.
NAMED = (
    *("today", "yesterday", "this-week", "last-week", "this-month", "last-month", "this-year", "last-year"),
    *("last-7-days", "last-30-days", "last-3-months", "last-12-months"),
)

#: Most days, weeks, months or years that one may look back.
MOST_BACK = 10_000

_BACK = re.compile(r"last-(\d{1,5})-(day|week|month|year)s?")

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[Tt](\d{1,2})(?::(\d{2})(?::(\d{2}))?)?)?)?)?")

_EXACT = re.compile(r"@(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)")

_EXPECTED = (
    "A date is a year, 2019, a month, 2019-06, a day, 2019-06-21, a time, 2019-06-21T14:30, "
    "or one of: today, yesterday, this-week, last-month, last-30-days …"
)


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to, not including, `end`: Unix seconds as if the camera's clock were UTC.

    Where both are equal it is that one moment.
    """

    start: float
    end: float


def span(piece: Piece, now: datetime) -> Span:
    """The span that a typed date means; `now` is what the clock on the wall says.

    Raises:
        NotUnderstood: it is no date.
    """
    text, today = piece.text.strip().lower(), _day(now)
    if exact := _EXACT.fullmatch(text):
        return Span(float(exact[1]), float(exact[1]))
    try:
        if text in _NAMED:
            first, after = _NAMED[text](today)
        elif back := _BACK.fullmatch(text):
            first, after = _back(today, min(int(back[1]), MOST_BACK), back[2]), today + timedelta(days=1)
        elif date := _DATE.fullmatch(text):
            first, after = _dated([int(part) for part in date.groups() if part is not None])
        else:
            raise piece.problem(f"“{piece.text}” is no date", remedy=_EXPECTED)
    except (ValueError, OverflowError):
        raise piece.problem(f"“{piece.text}” is no date of the calendar", remedy=_EXPECTED) from None
    return Span(first.timestamp(), after.timestamp())


def said(start: float, end: float) -> str | None:
    """The shortest text whose span this is, as 2019 or 2019-06-01..2019-06-03; None where there is none."""
    try:
        first, after = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
        if first.timestamp() != start or after.timestamp() != end or not first < after:
            return None
        for unit, text in (("year", _year), ("month", _month), ("day", _date)):
            if _is_start(first, unit) and _is_start(after, unit):
                last = text(after - timedelta(days=1))
                return text(first) if text(first) == last else f"{text(first)}..{last}"
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _is_start(moment: datetime, unit: str) -> bool:
    midnight = moment == _day(moment)
    return midnight and (unit == "day" or (moment.day == 1 and (unit == "month" or moment.month == 1)))


def _year(moment: datetime) -> str:
    return f"{moment.year:04d}"


def _month(moment: datetime) -> str:
    return f"{moment.year:04d}-{moment.month:02d}"


def _date(moment: datetime) -> str:
    return f"{moment.year:04d}-{moment.month:02d}-{moment.day:02d}"


def _day(moment: datetime) -> datetime:
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)


def _dated(parts: list[int]) -> tuple[datetime, datetime]:
    """A year, month, day, hour, minute or second, by how many parts are given."""
    first = datetime(*(parts + [1, 1][len(parts) - 1 :] if len(parts) < 3 else parts), tzinfo=UTC)  # type: ignore[misc, arg-type]
    if len(parts) == 1:
        return first, first.replace(year=first.year + 1)
    if len(parts) == 2:
        return first, _months(first, 1)
    step = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1))
    return first, first + step[len(parts) - 3]


def _months(first: datetime, number: int) -> datetime:
    """The same day some months later or earlier, or the last day of that month."""
    years, month = divmod(first.month - 1 + number, 12)
    for day in range(first.day, 0, -1):
        try:
            return first.replace(year=first.year + years, month=month + 1, day=day)
        except ValueError:
            if day <= 28:
                raise
    raise ValueError


def _back(today: datetime, number: int, unit: str) -> datetime:
    if unit in ("day", "week"):
        return today - timedelta(days=number if unit == "day" else 7 * number)
    return _months(today, -number if unit == "month" else -12 * number)


def _week(today: datetime, back: int) -> tuple[datetime, datetime]:
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return monday, monday + timedelta(days=7)


def _of_months(first: datetime, number: int) -> tuple[datetime, datetime]:
    return first, _months(first, number)


#: Each named span, of the day that today is; weeks begin on Mondays.
_NAMED: dict[str, Callable[[datetime], tuple[datetime, datetime]]] = {
    "today": lambda today: (today, today + timedelta(days=1)),
    "yesterday": lambda today: (today - timedelta(days=1), today),
    "this-week": lambda today: _week(today, 0),
    "last-week": lambda today: _week(today, 1),
    "this-month": lambda today: _of_months(today.replace(day=1), 1),
    "last-month": lambda today: _of_months(_months(today.replace(day=1), -1), 1),
    "this-year": lambda today: _of_months(today.replace(month=1, day=1), 12),
    "last-year": lambda today: _of_months(_months(today.replace(month=1, day=1), -12), 12),
}
