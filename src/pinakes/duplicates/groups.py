"""From pairs to groups: in a group every picture was verified against every other, none through a third."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from pinakes.duplicates.types import Evidence

#: Most pictures that are compared each with each because some chain of finds joins them.
MOST_COMPARED = 60

#: A pair of contents, ascending.
Pair = tuple[str, str]


def ordered(a: str, b: str) -> Pair:
    """The pair of two contents, ascending."""
    return (a, b) if a <= b else (b, a)


def strongest(found: Iterable[Evidence]) -> dict[Pair, Evidence]:
    """The best evidence for each pair: the strongest tier, and of the same tier the highest score."""
    best: dict[Pair, Evidence] = {}
    for evidence in found:
        pair = (evidence.a, evidence.b)
        known = best.get(pair)
        if known is None or _strength(evidence) < _strength(known):
            best[pair] = evidence
    return best


def cliques(edges: Mapping[Pair, Evidence], apart: Collection[Pair] = ()) -> Iterator[tuple[str, ...]]:
    """Cover every edge by sets whose members are all joined to one another; strongest edges first.

    A member may be in several sets: two crops that share nothing are each a copy of the whole, and give
    two groups. Pairs `apart` are no edges, whatever the evidence. Deterministic for the same input.
    """
    joined: dict[str, set[str]] = defaultdict(set)
    for a, b in edges:
        if (a, b) not in apart:
            joined[a].add(b)
            joined[b].add(a)
    covered: set[Pair] = set()
    for (a, b), _ in sorted(edges.items(), key=lambda item: (_strength(item[1]), item[0])):
        if (a, b) in covered or b not in joined[a]:
            continue
        members = _grown([a, b], joined, edges)
        covered.update(ordered(x, y) for n, x in enumerate(members) for y in members[n + 1 :])
        yield tuple(sorted(members))


def classes(same: Iterable[Sequence[str]]) -> dict[str, str]:
    """For contents that are interchangeable, the first of each class; `same` holds overlapping classes."""
    first: dict[str, str] = {}

    def root(name: str) -> str:
        while (above := first.setdefault(name, name)) != name:
            first[name] = first.setdefault(above, above)
            name = first[name]
        return name

    for members in same:
        for other in members[1:]:
            low, high = ordered(root(members[0]), root(other))
            first[high] = low
    return {name: root(name) for name in first}


def never_compared(edges: Collection[Pair]) -> Iterator[Pair]:
    """Pairs that are joined through others only: what must be compared before they may share a group.

    An index proposes a few partners for each picture, not all. Of more than `MOST_COMPARED` pictures that
    hang together nothing is yielded: the work grows with the square, and such crowds are rarely one picture.
    """
    crowds: dict[str, list[str]] = defaultdict(list)
    for name, first in classes(edges).items():
        crowds[first].append(name)
    for crowd in crowds.values():
        if len(crowd) <= MOST_COMPARED:
            yield from (pair for pair in combinations(sorted(crowd), 2) if pair not in edges)


def _grown(members: list[str], joined: Mapping[str, set[str]], edges: Mapping[Pair, Evidence]) -> list[str]:
    common = joined[members[0]] & joined[members[1]]
    while common:
        best = min(common, key=lambda name: (_strength(edges[ordered(members[0], name)]), name))
        members.append(best)
        common &= joined[best]
    return members


def _strength(evidence: Evidence) -> tuple[int, float]:
    return evidence.tier.rank, -evidence.score
