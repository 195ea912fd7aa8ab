"""Joining rankings that cannot be compared by their scores: reciprocal rank fusion."""

from __future__ import annotations

from collections.abc import Sequence

#: Added to every rank. Cormack, Clarke and Büttcher (SIGIR 2009) found 60 best, and results hardly
#: sensitive to it: the first of one ranking weighs 1/61, so that two good places outweigh one excellent one.
CONSTANT = 60


def joined(rankings: Sequence[Sequence[int]], *, constant: int = CONSTANT) -> dict[int, float]:
    """Score of every asset that some ranking holds: the sum of 1 / (constant + rank), ranks from 1.

    Only ranks count, so that cosines and word scores, which have no common unit, need none. An asset that
    a ranking lacks gets nothing from it.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, asset in enumerate(ranking, start=1):
            scores[asset] = scores.get(asset, 0.0) + 1 / (constant + rank)
    return scores


def in_order(scores: dict[int, float]) -> list[int]:
    """The assets, best first; of equal scores the lower asset first, so that pages never overlap."""
    return sorted(scores, key=lambda asset: (-scores[asset], asset))
