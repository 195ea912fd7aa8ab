"""What the steps of duplicate finding hand to one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pinakes.core.types import Tier


@dataclass(frozen=True, slots=True)
class Asset:
    """A stored picture at a path, with the facts that keeper rules and reports look at."""

    path: str
    folder: str
    sha256: str
    bytes: int
    width: int
    height: int
    format: str
    mtime_ns: int
    inode: str
    device: str
    taken_at: float | None = None
    metadata_fields: int = 0
    camera: str = ""
    empty_share: float = 0.0

    @property
    def pixels(self) -> int:
        """Width × height, less what is nothing but margin: a border adds nothing to a picture."""
        return round(self.width * self.height * (1 - self.empty_share))


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why two contents are held to be the same; `a` < `b` are their SHA-256 in hex.

    `score` is in 0…1, higher is better, and comparable within a tier only. `method` names the check and
    its revision; `detail` carries what is worth showing (distance, inliers, symmetry, overlap).
    """

    a: str
    b: str
    tier: Tier
    score: float
    method: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """An asset in a group, with the evidence that ties it to the asset that is kept.

    The kept asset itself carries the group's strongest tier and score 1.
    """

    asset: Asset
    tier: Tier
    score: float
    method: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Assets that were each verified against every other; `tier` is the weakest evidence among them.

    `id` is made of the members' contents and the tier, so the same group keeps its id over rescans.
    """

    id: str
    tier: Tier
    keep: Asset
    why: str
    members: tuple[Member, ...]

    @property
    def reclaimable(self) -> int:
        """Bytes of all members but the kept one."""
        return sum(member.asset.bytes for member in self.members) - self.keep.bytes


@dataclass(frozen=True, slots=True)
class Stack:
    """Assets that belong together without being duplicates, such as the frames of a burst."""

    id: str
    kind: str
    paths: tuple[str, ...]
    sha256s: tuple[str, ...]
