"""A collection read page by page: assets, vectors and tags."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from pinakes.search.mapping.neighbours import Ints
from pinakes.search.mapping.reduction import Floats
from pinakes.vectors.base import Collection

#: Points of a page.
PAGE = 1000

#: Hears how many points were read; may raise to stop.
Watch = Callable[[int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """Some points: assets int64 (n,), the first 8 bytes of their ids, vectors float32 (n, d), and words."""

    assets: Ints
    points: Ints
    vectors: Floats
    words: tuple[tuple[str, ...], ...]


def pages(collection: Collection, *, watch: Watch | None = None) -> Iterator[Page]:
    """Every point of a collection, in the order of ids."""
    after, done = None, 0
    while points := collection.scroll(after=after, limit=PAGE, folders=None):
        after, done = points[-1].id, done + len(points)
        yield Page(
            np.array([point.payload["asset"] for point in points], np.int64),
            np.frombuffer(b"".join(point.id.bytes[:8] for point in points), "<i8"),
            np.stack([point.vector for point in points]),
            tuple(
                (*_words(point.payload.get("tags")), *_words(point.payload.get("place"))) for point in points
            ),
        )
        if watch is not None:
            watch(done)


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(word) for word in value) if isinstance(value, tuple | list) else ()
