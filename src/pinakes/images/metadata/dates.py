"""When a picture was taken, of all that tell it, and which zone the clock was in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pinakes.images import places
from pinakes.images.metadata import moments
from pinakes.images.metadata.moments import Moment
from pinakes.images.metadata.told import Told

#: What one source tells: fields of time to moments and their tags.
Moments = Mapping[str, tuple[Moment, str]]

#: Fields of time, in the order in which they stand in for the moment of taking.
FIELDS = ("created_at", "digitised_at", "modified_at")


@dataclass(frozen=True, slots=True)
class Taken:
    """The moment of taking, its tag, and how its offset is known: stated, position, gps-clock or absent.

    `certain` is False where only the file's name or its time told it.
    """

    moment: Moment
    source: str
    zone: str
    zone_name: str = ""
    certain: bool = True

    def told(self) -> dict[str, Told]:
        """The fields of `Metadata.details` that say it."""
        times = {
            "taken_at": self.moment.written,
            "taken_at_utc": moments.utc_of(self.moment),
            "fraction": self.moment.fraction,
        }
        clock = {"offset": self.moment.offset, "zone": self.zone, "zone_name": self.zone_name}
        return {
            **{name: Told(value, self.source) for name, value in times.items() if value is not None},
            **{
                name: Told(value, self.moment.offset_source or self.source)
                for name, value in clock.items()
                if value
            },
        }


def agreed(sources: Sequence[Moments]) -> dict[str, tuple[Moment, str]]:
    """Return each field of time as the earliest of `sources` tells it.

    Another source that tells the same second lends the fraction and the offset that are missing, and one that
    tells a time of day on the same date is taken before a date alone. An offset never goes to another moment.
    """
    found = {}
    for name in FIELDS:
        candidates = [source[name] for source in sources if name in source]
        if candidates:
            found[name] = _completed(candidates)
    return found


def taken(known: Moments, position: Mapping[str, Told], *, name: str, modified: float | None) -> Taken | None:
    """Choose the moment of taking: what metadata tell, else the file's name, else its time (Unix seconds)."""
    for field in FIELDS:
        if field in known:
            return _zoned(*known[field], position)
    moment = moments.named(name)
    if moment is not None:
        found = _zoned(moment, "file:name", position)
        return replace(found, certain=False)
    if modified is None or not 0 <= modified < 2**33:
        return None
    wall = datetime.fromtimestamp(modified, UTC).replace(tzinfo=None, microsecond=0)
    return Taken(Moment(wall, "+00:00"), "file:modified", "stated", certain=False)


def _completed(candidates: Sequence[tuple[Moment, str]]) -> tuple[Moment, str]:
    best, source = candidates[0]
    if not best.timed:
        finer = (pair for pair in candidates if pair[0].timed and pair[0].wall.date() == best.wall.date())
        best, source = next(finer, (best, source))
    for other, tag in candidates:
        if not other.same_second(best):
            continue
        if not best.fraction and other.fraction:
            best = replace(best, wall=other.wall, fraction=True)
        if not best.offset and other.offset:
            best = replace(best, offset=other.offset, offset_source=tag)
    return best, source


def _zoned(moment: Moment, source: str, position: Mapping[str, Told]) -> Taken:
    if moment.offset:
        return Taken(moment, source, "stated")
    if moment.timed and "latitude" in position:
        zone = places.zone(position["latitude"].value, position["longitude"].value)
        offset = places.offset(zone, moment.wall) if zone else None
        if offset is not None:
            known = _offset(moment, moments.written_offset(offset), position["latitude"])
            return Taken(known, source, "position", zone)
    clock = moments.parsed(position["gps_at"].value) if moment.timed and "gps_at" in position else None
    if clock is not None:
        guessed = moments.offset_between(moment.wall, clock.wall.replace(tzinfo=UTC))
        if guessed:
            return Taken(_offset(moment, guessed, position["gps_at"]), source, "gps-clock")
    return Taken(moment, source, "absent")


def _offset(moment: Moment, offset: str, told: Told) -> Moment:
    return replace(moment, offset=offset, offset_source=told.source)
