"""Names for the regions of a map, from tags and captions, else from what a text model calls near."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, select

from pinakes.core.errors import InvalidRequest
from pinakes.core.protocols import TextEmbedder
from pinakes.core.types import Refusal
from pinakes.db.tables import assets, texts
from pinakes.search.mapping.labels import Label, counted, midst, telling, words_of
from pinakes.search.mapping.nouns import as_caption, nouns
from pinakes.search.mapping.pages import Page
from pinakes.search.mapping.reduction import Floats
from pinakes.search.mapping.regions import Region

#: Assets whose captions are asked for at once, and pictures of a region that are asked for their words.
ASKED, SAMPLED = 500, 300

#: Nouns that a text model gives to a region without words.
NOUNS = 2


def labelled(
    regions: Sequence[Region],
    points: Floats,
    numbers: NDArray[np.int64],
    words_of: Callable[[Sequence[int]], Mapping[int, tuple[str, ...]]],
) -> list[Label]:
    """Regions with their pictures and words; `numbers` are the assets of the rows.

    Of large regions some hundred pictures are asked for their words.
    """
    sampled = [numbers[region.rows[:: max(1, len(region.rows) // SAMPLED)]].tolist() for region in regions]
    words = words_of([asset for chosen in sampled for asset in chosen])
    own = [counted(words.get(asset, ()) for asset in chosen) for chosen in sampled]
    every = counted(words.get(asset, ()) for chosen in sampled for asset in chosen)
    count = sum(map(len, sampled))
    return [
        Label(
            round(region.x, 4),
            round(region.y, 4),
            len(region.rows),
            tuple(numbers[list(midst(points, region))].tolist()),
            telling(counter, len(chosen), every, count),
        )
        for region, chosen, counter in zip(regions, sampled, own, strict=True)
    ]


def caption_words(engine: Engine, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The words of the captions of some assets."""
    found: dict[int, tuple[str, ...]] = {}
    with engine.execution_options(readonly=True).connect() as connection:
        for start in range(0, len(numbers), ASKED):
            query = (
                select(assets.c.id, texts.c.value)
                .join(texts, texts.c.sha256 == assets.c.sha256)
                .where(texts.c.kind == "caption", assets.c.id.in_(numbers[start : start + ASKED]))
            )
            for asset, caption in connection.execute(query):
                found[asset] = (*found.get(asset, ()), *words_of(caption))
    return found


def nearest_nouns(
    pages: Iterator[Page], regions: Mapping[int, int], count: int, embedder: TextEmbedder
) -> list[tuple[str, ...]]:
    """The nouns that stand nearest to each of `count` regions; `regions` says in which an asset is.

    A noun is held against the mean of a region less the mean of all: what all pictures have in common with
    all words says nothing. Empty where the model has no text side.
    """
    try:
        answered = embedder.embed_texts([as_caption(noun) for noun in nouns()])
    except InvalidRequest:
        return [()] * count
    known = [
        (noun, vector)
        for noun, vector in zip(nouns(), answered, strict=True)
        if not isinstance(vector, Refusal)
    ]
    means = _means(pages, regions, count)
    if not known or not len(means):
        return [()] * count
    scores = means @ np.stack([vector for _, vector in known]).T
    best = np.argsort(-scores, axis=1, kind="stable")[:, :NOUNS]
    return [tuple(known[column][0] for column in row) for row in best.tolist()]


def _means(pages: Iterator[Page], regions: Mapping[int, int], count: int) -> NDArray[np.float64]:
    """The mean vector of each region less that of all, float64 (count, d)."""
    sums: NDArray[np.float64] | None = None
    sizes = np.zeros(count + 1)
    for page in pages:
        if sums is None:
            sums = np.zeros((count + 1, page.vectors.shape[1]))
        where = np.array([regions.get(asset, count) for asset in page.assets.tolist()])
        np.add.at(sums, where, page.vectors)
        sizes += np.bincount(where, minlength=count + 1)
    if sums is None:
        return np.zeros((0, 0))
    every = sums.sum(axis=0) / sizes.sum()
    means: NDArray[np.float64] = sums[:count] / np.maximum(sizes[:count, None], 1) - every
    return means
