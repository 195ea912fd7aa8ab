"""From evidence to the groups that people see: who is in, what is kept and why, and what ties each to it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Protocol

from pinakes.core.types import Tier
from pinakes.duplicates.groups import Pair, classes, cliques, ordered, strongest
from pinakes.duplicates.keeper import Choice
from pinakes.duplicates.types import Asset, DuplicateGroup, Evidence, Member
from pinakes.images import perceptual

#: Largest class that is taken apart pair by pair when a person said some of it are distinct.
_TAKEN_APART = 300

#: What ties members of a class: tier, score, method and detail.
_SAME_PIXELS = (Tier.PIXELS, 1.0, "pixels-sha256", dict[str, int]())
_SAME_HASH = (Tier.HASH, 1.0, perceptual.REVISION, {"distance": 0})


class Choose(Protocol):
    """Picks the asset that is kept; `tier` says what all of them share, where that is known."""

    def __call__(self, assets: Sequence[Asset], tier: Tier | None = None) -> Choice:
        """Choose among at least one asset."""
        ...


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the tiers found: classes that are interchangeable, and pairs of single contents.

    `same_pixels` and `same_hash` hold classes of two or more contents; `pairs` the rest of the evidence.
    """

    same_pixels: Sequence[Sequence[str]] = ()
    same_hash: Sequence[Sequence[str]] = ()
    pairs: Sequence[Evidence] = field(default=())


class Families:
    """Contents that stand for one another, and the evidence between those that do not."""

    def __init__(self, gathered: Gathered, apart: Collection[Pair]) -> None:
        same_pixels, near = _respecting(gathered.same_pixels, apart, _SAME_PIXELS)
        same_hash, nearer = _respecting(gathered.same_hash, apart, _SAME_HASH)
        self._pixels = classes(same_pixels)
        self._first = classes([*same_pixels, *same_hash])
        edges = (self._between_firsts(evidence) for evidence in (*gathered.pairs, *near, *nearer))
        self._edges = strongest(edge for edge in edges if edge.a != edge.b)
        self._apart = {ordered(self.first(a), self.first(b)) for a, b in apart}

    def first(self, content: str) -> str:
        """The content that stands for this one."""
        return self._first.get(content, content)

    def joined(self) -> Iterator[tuple[str, ...]]:
        """Sets of standing contents that were each verified against every other."""
        return cliques(self._edges, self._apart)

    def tie(self, asset: Asset, keep: Asset) -> Member:
        """The asset with the evidence that ties it to the one that is kept."""
        if asset.sha256 == keep.sha256:
            return Member(asset, Tier.BYTES, 1.0, "sha256", {})
        same = self._pixels.get(asset.sha256)
        if same is not None and same == self._pixels.get(keep.sha256):
            return Member(asset, *_SAME_PIXELS)
        a, b = self.first(asset.sha256), self.first(keep.sha256)
        if a == b:
            return Member(asset, *_SAME_HASH)
        found = self._edges[ordered(a, b)]
        return Member(asset, found.tier, found.score, found.method, found.detail)

    def _between_firsts(self, evidence: Evidence) -> Evidence:
        a, b = ordered(self.first(evidence.a), self.first(evidence.b))
        return Evidence(a, b, evidence.tier, evidence.score, evidence.method, evidence.detail)


def assemble(
    families: Families, assets: Mapping[str, Sequence[Asset]], choose: Choose
) -> Iterator[DuplicateGroup]:
    """Yield the groups, strongest evidence first; `assets` holds those of every content that may be in one.

    A content that is in several groups brings all its assets to the first and only the best of them to
    the others, so that no file is counted twice as a copy of itself.
    """
    crowds: dict[str, list[Asset]] = defaultdict(list)
    for sha256, own in sorted(assets.items()):
        crowds[families.first(sha256)] += own
    seen: set[str] = set()
    for members in families.joined():
        yield _group(families, list(_brought(members, crowds, seen, choose)), choose)
        seen.update(members)
    for first, crowd in sorted(crowds.items()):
        if first not in seen and len(crowd) > 1:
            yield _group(families, crowd, choose)


def in_order(groups: Iterable[DuplicateGroup]) -> list[DuplicateGroup]:
    """The order in which groups are shown: by tier, then by what can be won, then by name."""
    return sorted(groups, key=lambda group: (group.tier.rank, -group.reclaimable, group.keep.path, group.id))


def _brought(
    members: Iterable[str], crowds: Mapping[str, list[Asset]], seen: Collection[str], choose: Choose
) -> Iterator[Asset]:
    for name in members:
        if name in seen:
            yield choose(crowds[name]).keep
        else:
            yield from crowds[name]


def _group(families: Families, crowd: list[Asset], choose: Choose) -> DuplicateGroup:
    choice = choose(crowd)
    ties = _ties(families, crowd, choice.keep)
    if ties[-1].tier in (Tier.BYTES, Tier.PIXELS):
        choice = choose(crowd, ties[-1].tier)
        ties = _ties(families, crowd, choice.keep)
    kept = Member(choice.keep, ties[0].tier, 1.0, "kept", {})
    tier = ties[-1].tier
    names = sorted({asset.sha256 for asset in crowd})
    identity = hashlib.sha256("\n".join([tier, *names]).encode()).hexdigest()[:16]
    return DuplicateGroup(identity, tier, choice.keep, choice.why, (kept, *ties))


def _ties(families: Families, crowd: Sequence[Asset], keep: Asset) -> list[Member]:
    ties = [families.tie(asset, keep) for asset in crowd if asset.path != keep.path]
    return sorted(ties, key=lambda member: (member.tier.rank, -member.score, member.asset.path))


def _respecting(
    same: Sequence[Sequence[str]], apart: Collection[Pair], tie: tuple[Tier, float, str, dict[str, int]]
) -> tuple[list[Sequence[str]], list[Evidence]]:
    """Classes that nobody objected to, and those with an objection as single pairs."""
    objected = {name for pair in apart for name in pair}
    whole: list[Sequence[str]] = []
    split: list[Evidence] = []
    for members in same:
        if len(members) > _TAKEN_APART or not any(name in objected for name in members):
            whole.append(members)
            continue
        pairs = combinations(sorted(members), 2)
        split += [Evidence(a, b, *tie) for a, b in pairs if (a, b) not in apart]
    return whole, split
