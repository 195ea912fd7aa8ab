"""The groups of a review that pass some filters, in some order, as rows that any page is cut from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from pinakes.core.types import Tier
from pinakes.duplicates import reviews
from pinakes.duplicates.members import Members, kept_members
from pinakes.duplicates.resolution.decisions import Decisions, Said, settled
from pinakes.services.library.browsing.outline import Outline, files_of, outline_of

#: Outlines, members and listings that are kept; those of 100,000 groups take some 15, 5 and 0.4 MB.
_KEPT = 24

#: What is kept.
T = TypeVar("T")

#: Rows of an outline.
Rows = NDArray[np.int32]


class Order(StrEnum):
    """What groups are ordered by; ties are in the order of the evidence."""

    EVIDENCE = "evidence"
    BYTES = "bytes"
    FILES = "files"
    NEWEST = "newest"
    OLDEST = "oldest"
    FOLDER = "folder"


class Standing(StrEnum):
    """Which groups are listed, by whether they were decided."""

    OPEN = "open"
    DECIDED = "decided"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a listing shows. `as_of` is a line of the journal: what was decided later counts as open."""

    tier: Tier | None = None
    order: Order = Order.EVIDENCE
    standing: Standing = Standing.ALL
    as_of: int | None = None
    folder: str = ""
    keeper_in: str = ""
    format: str = ""


@dataclass(slots=True)
class Listings:
    """Makes listings and keeps the last few, with what they are made from."""

    engine: Engine
    state: Path
    decisions: Decisions
    _kept: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def made_at(self, review: str) -> float:
        """When a review was made, Unix time.

        Raises:
            NotFound: it is not there, or not made yet.
        """
        return reviews.made_at(self.engine, review)

    def outline(self, review: str) -> Outline:
        """The outline of a review as it was last made."""
        key = ("outline", review, self.made_at(review))
        return self._cached(key, lambda: outline_of(self.engine, review))

    def files(self, review: str) -> NDArray[np.int32]:
        """How many files each of its groups had, int32 (n,)."""
        key = ("files", review, self.made_at(review))
        return self._cached(key, lambda: files_of(self.engine, review))

    def members(self, review: str) -> Members:
        """The files of its groups, as they were when it was made."""
        made = self.made_at(review)
        return self._cached(
            ("members", review, made), lambda: kept_members(self.engine, self.state, review, made)
        )

    def decided(self, review: str, as_of: int | None = None) -> dict[str, Said]:
        """The groups of a review that were decided since it was made, and what decided each.

        With `as_of`, only those that were decided up to that line of the journal.
        """
        newest = self.decisions.read()
        made = self.made_at(review)
        found = self._cached(("decided", review, made, newest), lambda: self._decided(review, made))
        return found if as_of is None else {name: said for name, said in found.items() if said.line <= as_of}

    def rows(self, review: str, wanted: Wanted) -> Rows:
        """Rows of the outline that are listed, in order."""
        return self._cached(
            ("rows", review, self.made_at(review), wanted),
            lambda: self._rows(review, wanted),
        )

    def _rows(self, review: str, wanted: Wanted) -> Rows:
        outline = self.outline(review)
        passing = np.ones(len(outline.ids), dtype=np.bool_)
        if wanted.tier is not None:
            passing &= outline.tiers == wanted.tier.rank
        if wanted.standing is not Standing.ALL:
            decided = self.decided(review, wanted.as_of)
            said = np.fromiter((name in decided for name in outline.ids), np.bool_, len(outline.ids))
            passing &= said if wanted.standing is Standing.DECIDED else ~said
        if wanted.folder or wanted.keeper_in or wanted.format:
            passing &= _filtered(self.members(review), wanted, len(outline.ids))
        rows = np.flatnonzero(passing).astype(np.int32)
        key = self._key(review, wanted.order)
        return rows if key is None else rows[np.argsort(key[rows], kind="stable")]

    def _key(self, review: str, order: Order) -> NDArray[Any] | None:
        """What rows are sorted by, ascending."""
        match order:
            case Order.EVIDENCE:
                return None
            case Order.BYTES:
                return -self.outline(review).reclaimable
            case Order.FILES:
                return -self.files(review)
            case Order.NEWEST:
                return -self.members(review).taken
            case Order.OLDEST:
                return self.members(review).taken
            case Order.FOLDER:
                members = self.members(review)
                rank = np.argsort(np.argsort([*members.folders, "\U0010ffff"]))
                return np.asarray(rank[members.kept])

    def _decided(self, review: str, made: float) -> dict[str, Said]:
        standing = self.decisions.since(made)
        if not standing:
            return {}
        known = zip(self.outline(review).ids, self.files(review), strict=True)
        found = {name: settled(standing[name], int(files)) for name, files in known if name in standing}
        return {name: said for name, said in found.items() if said is not None}

    def _cached(self, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                kept: T = self._kept[key]
                return kept
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made


def _filtered(members: Members, wanted: Wanted, count: int) -> NDArray[np.bool_]:
    passing = np.ones(count, dtype=np.bool_)
    if wanted.folder:
        passing &= _having(members, members.below(wanted.folder)[members.folder], count)
    if wanted.format:
        kinds = np.array([each == wanted.format for each in members.formats], dtype=np.bool_)
        passing &= _having(members, kinds[members.format], count)
    if wanted.keeper_in:
        passing &= members.below(wanted.keeper_in)[members.kept]
    return passing


def _having(members: Members, files: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
    """Groups of which some file is among `files`."""
    found = np.zeros(count, dtype=np.bool_)
    found[members.group[files]] = True
    return found
