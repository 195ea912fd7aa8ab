"""What a planned change rests on: the evidence between a file and the one that is kept in its stead."""

from __future__ import annotations

from collections.abc import Sequence

from pinakes.core.types import Tier
from pinakes.duplicates.types import Asset, DuplicateGroup, Member


def weakest(members: Sequence[Member]) -> Member:
    """The member whose evidence says least."""
    return max(members, key=lambda member: (member.tier.rank, -member.score))


def evidence_between(group: DuplicateGroup, member: Member, kept: Asset) -> tuple[Tier, float, str]:
    """Tier, score and method that hold between a member and the asset that is kept.

    A member's own evidence ties it to the group's keeper. Where another is kept, only what holds between
    all members is certain, unless the bytes are the same.
    """
    if member.asset.sha256 == kept.sha256:
        return (Tier.BYTES, 1.0, "sha256")
    ends = {member.asset.path, kept.path}
    if group.keep.path in ends:
        far = next(m for m in group.members if m.asset.path in ends and m.asset.path != group.keep.path)
        return (far.tier, far.score, far.method)
    least = weakest(group.members)
    return (group.tier, least.score, least.method)
