"""How the answers to past searches would change with another model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from pinakes.core.errors import PinakesError
from pinakes.search.answer import By
from pinakes.search.language import parsed
from pinakes.search.question import Question
from pinakes.search.searcher import Searcher

#: Hits of each side that are looked through for where a hit of the other stands.
DEPTH = 100

#: How patient rank-biased overlap is: the weight of each further rank, so that ten of them hold most of it.
PERSISTENCE = 0.9


@dataclass(frozen=True, slots=True)
class Standing:
    """A hit of one side: its asset, its rank there from 1, and its rank on the other; None beyond `DEPTH`."""

    asset: int
    rank: int
    other: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One search answered by both sides; `error` says why it could not be.

    `overlap` is the share of the first hits that both have; `agreement` weighs that by rank (rank-biased
    overlap: Webber, Moffat and Zobel, 2010), 1 for equal orders and 0 for nothing in common. `moved` is the
    mean number of ranks that shared first hits moved by.
    """

    text: str
    now: tuple[Standing, ...] = ()
    then: tuple[Standing, ...] = ()
    overlap: float = 0.0
    agreement: float = 0.0
    moved: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All searches, those that change most first, and the means over those that both sides answered."""

    limit: int
    changes: tuple[Change, ...]
    overlap: float | None
    agreement: float | None


#: Hears how many searches were compared; may raise to stop.
Watch = Callable[[int], None]


def compare(
    lines: Sequence[str], now: Searcher, then: Searcher, *, limit: int = 10, watch: Watch | None = None
) -> Comparison:
    """Ask both sides each line, by what pictures show alone, and hold the first `limit` hits together."""
    changes = []
    for done, line in enumerate(lines, start=1):
        changes.append(_change(line, now, then, limit))
        if watch is not None:
            watch(done)
    answered = [change for change in changes if not change.error]
    return Comparison(
        limit,
        tuple(sorted(changes, key=lambda change: (bool(change.error), change.agreement))),
        _mean(change.overlap for change in answered),
        _mean(change.agreement for change in answered),
    )


def _change(line: str, now: Searcher, then: Searcher, limit: int) -> Change:
    try:
        question = parsed(line)
        return changed(line, _ranking(now, question), _ranking(then, question), limit)
    except PinakesError as error:
        return Change(line, error=error.sentence)


def _ranking(side: Searcher, question: Question) -> list[int]:
    answer = side.search(question, limit=DEPTH, by=By.MEANING)
    if not answer.model:
        why = answer.notes[0].text if answer.notes else "It names nothing that a model compares."
        raise PinakesError(why)
    return [hit.asset for hit in answer.hits]


def changed(text: str, now: Sequence[int], then: Sequence[int], limit: int) -> Change:
    """Hold two rankings of assets, best first, together."""
    first, second = now[:limit], then[:limit]
    shared = set(first) & set(second)
    moves = [abs(first.index(asset) - second.index(asset)) for asset in shared]
    return Change(
        text,
        _standings(first, then),
        _standings(second, now),
        len(shared) / max(len(first), len(second), 1),
        rank_biased_overlap(now, then),
        _mean(moves) or 0.0,
    )


def _standings(hits: Sequence[int], others: Sequence[int]) -> tuple[Standing, ...]:
    where = {asset: rank for rank, asset in enumerate(others, start=1)}
    return tuple(Standing(asset, rank, where.get(asset)) for rank, asset in enumerate(hits, start=1))


def rank_biased_overlap(now: Sequence[int], then: Sequence[int]) -> float:
    """The agreement of two rankings from 0 to 1, normalised over the ranks that the longer one has."""
    depth = max(len(now), len(then))
    if not depth:
        return 1.0
    weights = [PERSISTENCE**rank for rank in range(depth)]
    shares = _shares(now, then, depth)
    return sum(weight * share for weight, share in zip(weights, shares, strict=True)) / sum(weights)


def _shares(now: Sequence[int], then: Sequence[int], depth: int) -> Iterator[float]:
    """The share of the first one, two, three … that both rankings have."""
    seen: tuple[set[int], set[int]] = (set(), set())
    for rank in range(1, depth + 1):
        for ranking, own in zip((now, then), seen, strict=True):
            own.update(ranking[rank - 1 : rank])
        yield len(seen[0] & seen[1]) / rank


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return fmean(listed) if listed else None
