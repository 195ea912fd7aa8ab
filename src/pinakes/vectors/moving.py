"""Moving a collection from one store to another, and seeing that both hold the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pinakes.vectors.base import Collection, VectorStore
from pinakes.vectors.points import Point
from pinakes.vectors.snapshots import Progress, pages


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two collections differ: points compared, absent in the second, other there, and only there."""

    compared: int
    absent: int
    different: int
    extra: int

    @property
    def same(self) -> bool:
        """Whether they hold the same points, to the last bit."""
        return not (self.absent or self.different or self.extra)


def move(source: Collection, target: VectorStore, progress: Progress) -> Collection:
    """Copy every point into the collection of the same model in another store; the source stays.

    Can be repeated after it was broken off; what was copied is replaced by the same. Points that are written
    to the source meanwhile may be missed, which `compare` shows.
    """
    made = target.create(source.identity)
    total, done = source.count(folders=None), 0
    for page in pages(source):
        made.upsert(page)
        done += len(page)
        progress(done, max(total, done))
    made.flush()
    return made


def compare(source: Collection, target: Collection, progress: Progress) -> Comparison:
    """Compare two collections point by point: ids, vectors bit by bit, and payloads."""
    total, compared, absent, different = source.count(folders=None), 0, 0, 0
    for page in pages(source):
        there = {point.id: point for point in target.retrieve([point.id for point in page])}
        compared += len(page)
        absent += len(page) - len(there)
        different += _different(page, there)
        progress(compared, max(total, compared))
    extra = target.count(folders=None) - (compared - absent)
    return Comparison(compared, absent, different, max(0, extra))


def _different(page: Sequence[Point], there: Mapping[UUID, Point]) -> int:
    return sum(
        1
        for point in page
        if point.id in there
        and (
            point.vector.tobytes() != there[point.id].vector.tobytes()
            or dict(point.payload) != dict(there[point.id].payload)
        )
    )
