"""Decisions over duplicate groups become a plan that shows exactly what would change; no file is touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pinakes.core.errors import InvalidRequest, NotFound
from pinakes.core.types import Tier
from pinakes.duplicates import keeper
from pinakes.duplicates.places import is_under_any, shown, spellings
from pinakes.duplicates.resolution.grounds import evidence_between, weakest
from pinakes.duplicates.types import Asset, DuplicateGroup, Member


class Verb(StrEnum):
    """What can be decided over a group."""

    KEEP = "keep"
    TRASH = "trash"
    HARDLINK = "hardlink"
    SYMLINK = "symlink"
    DISTINCT = "distinct"
    STACK = "stack"

    @property
    def removes(self) -> bool:
        """Whether all files but the kept one go to the trash; the other verbs are remembered only."""
        return self in (Verb.TRASH, Verb.HARDLINK, Verb.SYMLINK)


#: Tiers that may act without being told to: what goes is equal, pixel for pixel, to what stays.
CERTAIN = (Tier.BYTES, Tier.PIXELS)


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """One change: `asset` goes and `kept` stays, or, for a verdict, `asset` and `others` belong to it.

    `tier`, `score` and `method` are the evidence between `asset` and `kept`; `item` counts from 1. A file
    that goes although nothing is kept in its stead is its own `kept`.
    """

    item: int
    verb: Verb
    group_id: str
    tier: Tier
    score: float
    method: str
    asset: Asset
    kept: Asset
    why: str
    others: tuple[Asset, ...] = ()

    @property
    def alone(self) -> bool:
        """Whether the file goes because a person chose it, and nothing is kept in its stead."""
        return self.verb.removes and self.kept.path == self.asset.path


@dataclass(frozen=True, slots=True)
class Left:
    """An asset of a group that the plan does not change, and why."""

    path: str
    group_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes in the order they are made, and everything that is left as it is besides the keepers.

    `bytes_reclaimed` are free once the trash is emptied; a file that keeps another name frees nothing.
    """

    items: tuple[PlannedItem, ...]
    left: tuple[Left, ...]
    bytes_reclaimed: int

    @property
    def counts(self) -> dict[str, int]:
        """How many items each verb has, and how many assets are left."""
        return {**Counter(item.verb.value for item in self.items), "left": len(self.left)}


def make(
    groups: Sequence[DuplicateGroup],
    *,
    verb: Verb | None = None,
    verbs: Mapping[str, Verb] | None = None,
    keep: Mapping[str, str | Sequence[str]] | None = None,
    references: Sequence[str] = (),
    rules: Sequence[keeper.Rule] = keeper.DEFAULT_RULES,
    anew: bool = False,
) -> Plan:
    """Decide over groups, in their order.

    Args:
        groups: as they are shown; earlier ones decide first where they share an asset.
        verb: for all groups; None is each tier's own safe default: trash what has equal bytes or pixels,
            leave the rest to be reviewed.
        verbs: by group id, before `verb`.
        keep: by group id, the path or paths that stay whatever the rules say; links point to the first.
        references: folders in which nothing is ever changed.
        rules: who is kept where a group's own keeper goes for another group's sake.
        anew: whether the rules choose in every group, whoever was kept when the groups were found.

    Raises:
        NotFound: `verbs` or `keep` name a group that is not among `groups`.
        InvalidRequest: `keep` names a path that is not in its group.
    """
    verbs, chosen = dict(verbs or {}), _chosen(keep or {})
    _check(groups, verbs, chosen)
    draft = _Draft(spellings(references), rules, anew=anew)
    for group in groups:
        said = verbs.get(group.id, verb)
        draft.stays.update(chosen.get(group.id, ()))
        if said in (Verb.KEEP, Verb.STACK):
            draft.stays.update(member.asset.path for member in group.members)
    for group in groups:
        said = verbs.get(group.id, verb)
        if said is None or said.removes:
            draft.remove(group, said, chosen.get(group.id, ()))
        else:
            draft.remember(group, said)
    return Plan(tuple(draft.items), tuple(draft.left), _reclaimed(groups, draft.goes))


class _Draft:
    """A plan in the making: who goes, who must stay since another group counts on it."""

    def __init__(self, references: Sequence[str], rules: Sequence[keeper.Rule], *, anew: bool) -> None:
        self.items: list[PlannedItem] = []
        self.left: list[Left] = []
        self.goes: set[str] = set()
        self.stays: set[str] = set()
        self._references = references
        self._rules = rules
        self._anew = anew

    def remove(self, group: DuplicateGroup, verb: Verb | None, chosen: Sequence[str]) -> None:
        """Plan that all but the kept one go, each for a reason that holds between it and the kept one."""
        members = [member for member in group.members if member.asset.path not in self.goes]
        if len(members) < 2:
            return
        choice = self._keeper(group, members, chosen)
        twins = {} if verb is Verb.TRASH else self._twins(group, members, choice.keep)
        for member in members:
            if member.asset.path == choice.keep.path:
                continue
            stays = twins.get(member.asset.path, choice)
            tier, score, method = evidence_between(group, member, stays.keep)
            does = verb or (Verb.TRASH if tier in CERTAIN else None)
            reason = (
                "you chose to keep it"
                if member.asset.path in chosen
                else self._objection(member.asset, stays.keep, does, tier)
            )
            if reason or does is None:
                self.left.append(Left(member.asset.path, group.id, reason))
                continue
            self.goes.add(member.asset.path)
            self.stays.add(stays.keep.path)
            number = len(self.items) + 1
            self.items.append(
                PlannedItem(number, does, group.id, tier, score, method, member.asset, stays.keep, stays.why)
            )

    def _twins(
        self, group: DuplicateGroup, members: Sequence[Member], keep: Asset
    ) -> dict[str, keeper.Choice]:
        """For files that only look like the kept one, but have the bytes of another member: that one.

        Of several copies of an altered picture, one is left for review, and the others may go for its sake.
        """
        crowds: dict[str, list[Asset]] = {}
        for member in members:
            if evidence_between(group, member, keep)[0] not in CERTAIN:
                crowds.setdefault(member.asset.sha256, []).append(member.asset)
        found: dict[str, keeper.Choice] = {}
        for crowd in crowds.values():
            choice = keeper.choose(crowd, self._rules, self._references, tier=Tier.BYTES)
            found.update({a.path: choice for a in crowd if a.path != choice.keep.path})
        return found

    def remember(self, group: DuplicateGroup, verb: Verb) -> None:
        """Plan a verdict over the whole group; no file changes."""
        assets = [member.asset for member in group.members]
        if verb is not Verb.KEEP and len({asset.sha256 for asset in assets}) == 1:
            reason = "its bytes are the same as the others'; use keep to keep them all"
            self.left += [Left(asset.path, group.id, reason) for asset in assets]
            return
        least = weakest(group.members)
        others = tuple(asset for asset in assets if asset.path != group.keep.path)
        self.items.append(
            PlannedItem(
                len(self.items) + 1,
                verb,
                group.id,
                group.tier,
                least.score,
                least.method,
                group.keep,
                group.keep,
                _VERDICTS[verb],
                others,
            )
        )

    def _keeper(
        self, group: DuplicateGroup, members: Sequence[Member], chosen: Sequence[str]
    ) -> keeper.Choice:
        assets = {member.asset.path: member.asset for member in members}
        # What was chosen is in `stays` from the start, so it cannot have gone.
        if chosen:
            return keeper.Choice(assets[chosen[0]], "Kept because you chose it.")
        if group.keep.path in assets and not self._anew:
            return keeper.Choice(group.keep, group.why)
        return keeper.choose(list(assets.values()), self._rules, self._references, tier=group.tier)

    def _objection(self, asset: Asset, kept: Asset, verb: Verb | None, tier: Tier) -> str:
        """Why this asset may not go, or nothing."""
        if is_under_any(asset.path, self._references):
            return "it lies in a reference folder, which is never changed"
        if _file(asset) == _file(kept):
            return f"it is already the same file on disk as {shown(kept.path)}"
        if asset.path in self.stays:
            return "another group of this plan keeps it; run again once this plan is done"
        if verb is None:
            return f"review it: {_REVIEW[tier]}"
        if verb is Verb.HARDLINK and asset.sha256 != kept.sha256:
            return "a hardlink needs equal bytes; it has not"
        if verb is Verb.SYMLINK and tier not in CERTAIN:
            return "a symlink needs equal pixels; it has not"
        if verb is Verb.HARDLINK and asset.device != kept.device:
            return "a hardlink cannot reach another device; use symlink or trash"
        return ""


#: Why a tier does not act by itself.
_REVIEW = {
    Tier.HASH: "it looks the same, but its pixels differ",
    Tier.COPY: "it was edited or cropped, and may be the one you want",
    Tier.SIMILAR: "it is a similar shot, not a copy",
}

#: What a verdict says.
_VERDICTS = {
    Verb.KEEP: "All are kept.",
    Verb.DISTINCT: "They are no duplicates.",
    Verb.STACK: "They belong together as a stack.",
}


def _chosen(keep: Mapping[str, str | Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {group: (paths,) if isinstance(paths, str) else tuple(paths) for group, paths in keep.items()}


def _check(
    groups: Sequence[DuplicateGroup], verbs: Mapping[str, Verb], chosen: Mapping[str, tuple[str, ...]]
) -> None:
    known = {group.id: group for group in groups}
    for group_id in (*verbs, *chosen):
        if group_id not in known:
            raise NotFound(
                f"There is no duplicate group {group_id!r}.",
                remedy="List the groups again; it may be resolved.",
            )
    for group_id, paths in chosen.items():
        members = {member.asset.path for member in known[group_id].members}
        for path in paths:
            if path not in members:
                raise InvalidRequest(f"{shown(path)!r} is not in group {group_id}; it cannot be kept there.")


def _reclaimed(groups: Sequence[DuplicateGroup], goes: set[str]) -> int:
    assets = {member.asset.path: member.asset for group in groups for member in group.members}
    staying = {_file(asset) for path, asset in assets.items() if path not in goes}
    going = {_file(assets[path]): assets[path].bytes for path in goes}
    return sum(size for file, size in going.items() if file not in staying)


def _file(asset: Asset) -> tuple[str, str]:
    return (asset.device, asset.inode)
