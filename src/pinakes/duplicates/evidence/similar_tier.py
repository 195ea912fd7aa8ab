"""The similar tier: other pictures of the same thing, by the embeddings of a model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from sqlalchemy import Engine

from pinakes.core.protocols import Embedder
from pinakes.core.types import Refusal, Tier
from pinakes.duplicates.evidence import features
from pinakes.duplicates.evidence.neighbours import pairs_above
from pinakes.duplicates.evidence.pictures import Pictures
from pinakes.duplicates.groups import Pair, ordered
from pinakes.duplicates.types import Evidence
from pinakes.images import thumbnails

#: Most pictures with equal embeddings that are put in one group.
_MOST_EQUAL = 200


def similar(
    engine: Engine,
    names: Sequence[str],
    pictures: Pictures,
    embedder: Embedder,
    least: float,
    *,
    watch: Callable[[str, int, int], None],
) -> list[Evidence]:
    """Pairs of the contents `names` whose embeddings have a cosine of at least `least`.

    Embeddings are made of thumbnails, stored, and made once for each model, revision and preprocessing.
    """
    identity = embedder.identity
    model = replace(identity, preprocess=f"{identity.preprocess}+{thumbnails.REVISION}")

    def compute(images: Sequence[bytes]) -> list[bytes | Refusal]:
        return [v if isinstance(v, Refusal) else v.astype("<f4").tobytes() for v in embedder.embed(images)]

    features.ensure(
        engine, model, names, pictures, compute, watch=lambda done, total: watch("Embedding", done, total)
    )
    wanted = set(names)
    rows = [(name, value) for name, value in features.load(engine, model) if name in wanted]
    if len(rows) < 2:
        return []
    watch("Comparing embeddings", 0, len(rows))
    vectors = np.frombuffer(b"".join(value for _, value in rows), dtype="<f4").reshape(len(rows), -1)
    found = pairs_above(vectors, least)
    near = {
        ordered(rows[i][0], rows[j][0]): float(s)
        for i, j, s in zip(found.i, found.j, found.score, strict=True)
    }
    near.update(_equal([name for name, _ in rows], found.representative))
    return [
        Evidence(a, b, Tier.SIMILAR, round(score, 4), model.key, {}) for (a, b), score in sorted(near.items())
    ]


def _equal(names: Sequence[str], representative: Iterable[int]) -> Iterator[tuple[Pair, float]]:
    """All pairs of contents with equal embeddings, of which the search names only those with the first."""
    classes: dict[int, list[str]] = defaultdict(list)
    for name, first in zip(names, representative, strict=True):
        classes[int(first)].append(name)
    for members in classes.values():
        yield from (((a, b), 1.0) for a, b in combinations(sorted(members)[:_MOST_EQUAL], 2))
