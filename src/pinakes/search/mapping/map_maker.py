"""Making the map of a collection, and putting what came since beside its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from pinakes.core.protocols import TextEmbedder
from pinakes.search.mapping import stored
from pinakes.search.mapping.labels import Label
from pinakes.search.mapping.layout import NEIGHBOURS, REVISION, laid_out
from pinakes.search.mapping.naming import caption_words, labelled, nearest_nouns
from pinakes.search.mapping.neighbours import nearest
from pinakes.search.mapping.pages import Page, pages
from pinakes.search.mapping.placing import beside
from pinakes.search.mapping.quality import quality
from pinakes.search.mapping.reduction import Floats, principal_axes
from pinakes.search.mapping.regions import Region, regions
from pinakes.search.mapping.stored import Map
from pinakes.vectors.base import Collection
from pinakes.vectors.naming import collection_name

#: Points that are laid out among one another; of more, so many drawn at random are, and the rest put beside.
MOST_LAID_OUT = 100_000

#: Share of points that may be added beside others before everything is better laid out anew.
MOST_ADDED = 0.25

#: Hears (phase, done, total); may raise to stop.
Watch = Callable[[str, int, int | None], None]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """A whole collection: assets int64 (n,) ascending, with ids, vectors float32 (n, k), words by asset."""

    assets: Ints
    ids: Ints
    reduced: Floats
    words: dict[int, tuple[str, ...]]


class MapMaker:
    """Makes maps of one collection.

    Args:
        engine: the library, where the map is stored.
        collection: whose points are mapped; read three times, a page at a time.
        texts: the same model's text side, which names regions that have no tags and captions.
        seed: equal points and seeds give equal maps.
    """

    def __init__(
        self, engine: Engine, collection: Collection, *, texts: TextEmbedder | None = None, seed: int = 0
    ) -> None:
        self._engine, self._collection, self._texts, self._seed = engine, collection, texts, seed
        self._name = collection_name(collection.identity)

    def run(self, *, again: bool = False, watch: Watch | None = None) -> Map | None:
        """Bring the map up to date, or with `again` lay everything out anew; None where nothing is indexed.

        Assets that have a place keep it. Memory is that of 64 float32 a point, besides one page of vectors.
        """
        watch = watch or (lambda _phase, _done, _total: None)
        found = self._reduced(watch)
        if found is None:
            return None
        before = None if again else self._before(found)
        made = self._anew(found, watch) if before is None else self._extended(found, before, watch)
        watch("naming regions", 0, None)
        named = [label.as_json() for label in self._labels(found, made, watch)]
        made = replace(made, about={**made.about, "regions": named})
        stored.write(self._engine, made)
        return made

    def _pages(self, phase: str, watch: Watch) -> Iterator[Page]:
        total = self._collection.count(folders=None)
        return pages(self._collection, watch=lambda done: watch(phase, done, total))

    def _reduced(self, watch: Watch) -> _Points | None:
        if not self._collection.count(folders=None):
            return None
        axes = principal_axes(page.vectors for page in self._pages("finding axes", watch))
        numbers: list[Ints] = []
        ids: list[Ints] = []
        points: list[Floats] = []
        words: dict[int, tuple[str, ...]] = {}
        for page in self._pages("reading vectors", watch):
            numbers.append(page.assets)
            ids.append(page.points)
            points.append(axes.reduced(page.vectors))
            words |= {asset: own for asset, own in zip(page.assets.tolist(), page.words, strict=True) if own}
        assets, rows = np.unique(np.concatenate(numbers), return_index=True)
        return _Points(assets, np.concatenate(ids)[rows], np.concatenate(points)[rows], words)

    def _before(self, found: _Points) -> Map | None:
        """The map there is, where enough of the points have a place on it."""
        before = stored.read(self._engine, self._name)
        if before is None or before.method != REVISION:
            return None
        added = before.about.get("added", 0) + int((~np.isin(found.ids, before.points)).sum())
        return before if added <= MOST_ADDED * len(found.assets) else None

    def _anew(self, found: _Points, watch: Watch) -> Map:
        count = len(found.assets)
        drawn = np.sort(np.random.default_rng(self._seed).permutation(count)[:MOST_LAID_OUT])
        points = found.reduced[drawn]
        laid = _scaled(self._laid_out(points, watch))
        places = _filled(found.reduced, drawn, laid, watch)
        measured = asdict(quality(points, laid, seed=self._seed))
        about: dict[str, Any] = {"quality": measured, "added": 0, "laid_out": len(drawn)}
        return Map(self._name, REVISION, stored.now(), about, found.assets, found.ids, places)

    def _laid_out(self, points: Floats, watch: Watch) -> Floats:
        count = min(NEIGHBOURS, len(points) - 1)
        if count < 1:
            return np.zeros((len(points), 2), np.float32)
        total = len(points)
        near, _ = nearest(
            points,
            points,
            count,
            themselves=True,
            watch=lambda done: watch("finding neighbours", done, total),
        )
        return laid_out(
            points, near, seed=self._seed, watch=lambda done, passes: watch("laying out", done, passes)
        )

    def _extended(self, found: _Points, before: Map, watch: Watch) -> Map:
        known = np.flatnonzero(np.isin(found.ids, before.points))
        kept = before.places[_places_in(before.points, found.ids[known])]
        places = _filled(found.reduced, known, kept, watch)
        added = before.about.get("added", 0) + len(found.assets) - len(known)
        return Map(
            self._name,
            REVISION,
            before.made_at,
            {**before.about, "added": added},
            found.assets,
            found.ids,
            places,
        )

    def _labels(self, found: _Points, made: Map, watch: Watch) -> list[Label]:
        hills = regions(made.places)

        def words_of(asked: Sequence[int]) -> dict[int, tuple[str, ...]]:
            captions = caption_words(self._engine, asked)
            return {asset: (*found.words.get(asset, ()), *captions.get(asset, ())) for asset in asked}

        named = labelled(hills, found.reduced, found.assets, words_of)
        if self._texts is None or all(label.words for label in named):
            return named
        spoken = nearest_nouns(
            self._pages("naming regions", watch), _inverse(hills, found.assets), len(hills), self._texts
        )
        return [
            label if label.words else replace(label, words=said)
            for label, said in zip(named, spoken, strict=True)
        ]


def _filled(points: Floats, known: Ints, places: Floats, watch: Watch) -> Floats:
    """Places for all points, where those of the rows `known` are given."""
    whole = np.empty((len(points), 2), np.float32)
    whole[known] = places
    rest = np.setdiff1d(np.arange(len(points)), known, assume_unique=True)
    if len(rest):
        whole[rest] = beside(
            points[rest], points[known], places, watch=lambda done: watch("placing", done, len(rest))
        )
    return whole


def _places_in(ids: Ints, asked: Ints) -> Ints:
    """Where each of `asked` is among `ids`, which hold all of them."""
    order = np.argsort(ids)
    found: Ints = order[np.searchsorted(ids, asked, sorter=order)]
    return found


def _scaled(places: Floats) -> Floats:
    """Places moved and scaled, the same on both axes, to lie between -1 and 1."""
    low, high = places.min(axis=0), places.max(axis=0)
    reach = float((high - low).max()) / 2
    scaled: Floats = (places - (low + high) / 2) / np.float32(reach or 1.0)
    return np.clip(scaled, -1, 1)


def _inverse(hills: Iterable[Region], numbers: Ints) -> dict[int, int]:
    """The region of each asset that is on one."""
    return {asset: place for place, hill in enumerate(hills) for asset in numbers[hill.rows].tolist()}
