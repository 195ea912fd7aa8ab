"""The pictures most alike what was asked, and the line among them below which they are so by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pinakes.core.payload import Payload
from pinakes.core.types import Vector
from pinakes.search.answer import Likeness, Line
from pinakes.search.answering.backgrounds import Backgrounds, Rows
from pinakes.search.answering.line import CHANCE, Background, above_line, background
from pinakes.search.asking.asked import Asked
from pinakes.search.asking.comparing import Comparison
from pinakes.search.asking.direction import Direction
from pinakes.search.asking.embedding import QuestionEmbedder
from pinakes.vectors.base import Collection
from pinakes.vectors.points import point_id

_TOO_FEW = "There are too few pictures, or they are too much alike, to tell where relevance ends."

_NOTHING = (
    "Nothing stands out of how alike this library's pictures are to this by chance: it has nothing of the "
    "kind, or much of it."
)

_ABOVE = (
    "Above the line pictures stand out of how alike this library's pictures are to this by chance; about one "
    f"in {round(1 / CHANCE)} of them may still be there by chance."
)


@dataclass(frozen=True, slots=True, eq=False)
class ByLikeness:
    """What likeness gave.

    Attributes:
        payloads: of assets, best first.
        line: counts hits of this ranking alone.
        more: whether more pictures could follow.
    """

    payloads: dict[int, Payload]
    line: Line
    more: bool
    collection: Collection
    direction: Direction
    behind: Background | None

    def explained(self, pictures: dict[int, Payload]) -> dict[int, Likeness]:
        """How near each of these assets is; those without a vector are left out."""
        wanted = {point_id(str(payload["sha256"]), asset): asset for asset, payload in pictures.items()}
        points = self.collection.retrieve(list(wanted)) if wanted else []
        if not points:
            return {}
        shares = self.direction.shares(np.stack([point.vector for point in points]))
        rows = zip(points, shares.tolist(), strict=True)
        return {wanted[point.id]: self._likeness(tuple(row)) for point, row in rows}

    def _likeness(self, by_term: tuple[float, ...]) -> Likeness:
        score = float(sum(by_term))
        return Likeness(score, self.behind.standing(score) if self.behind else None, by_term)


class ByLikenessRanking:
    """Asks a collection, and draws the line.

    Args:
        embedder: the model, to measure a background's width for words.
        backgrounds: random pictures of the library.
    """

    def __init__(self, embedder: QuestionEmbedder, backgrounds: Backgrounds) -> None:
        self._embedder, self._backgrounds = embedder, backgrounds

    def ranked(
        self, asked: Asked, comparison: Comparison, direction: Direction, collection: Collection
    ) -> ByLikeness:
        """The most alike of the folders and conditions that are asked; ties by asset."""
        hits = collection.query(direction.vector, limit=asked.depth, folders=asked.folders, where=asked.where)
        ordered = sorted((-hit.score, int(str(hit.payload["asset"])), hit.payload) for hit in hits)
        everything = collection.count(folders=asked.folders)
        compared = collection.count(folders=asked.folders, where=asked.where) if asked.where else everything
        rows = self._backgrounds.sample(collection, asked.folders, everything)
        behind = background(direction.scores(rows)) if len(rows) else None
        scores = [-negated * direction.length for negated, _, _ in ordered]
        return ByLikeness(
            {asset: payload for _, asset, payload in ordered},
            self._line(scores, compared, behind, self._width(comparison, collection, rows)),
            len(hits) < compared,
            collection,
            direction,
            behind,
        )

    def _width(self, comparison: Comparison, collection: Collection, rows: Rows) -> float:
        def embed(texts: Sequence[str]) -> list[Vector]:
            return self._embedder.words(texts, collection.identity)

        return self._backgrounds.width(collection, rows, embed if comparison.in_words else None)

    def _line(self, scores: list[float], compared: int, behind: Background | None, width: float) -> Line:
        if behind is None:
            return Line(None, None, _TOO_FEW)
        above = above_line(np.array(scores, np.float32), behind, compared, width=width)
        return Line(above, scores[above - 1], _ABOVE) if above else Line(0, None, _NOTHING)
