"""Answers about the groups of a review, as JSON values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pinakes.core.errors import NotFound, NotReady
from pinakes.core.types import Tier
from pinakes.duplicates import reviews
from pinakes.jobs.runner import Jobs
from pinakes.services.library.browsing.listing import Listings, Order, Rows, Wanted
from pinakes.services.library.browsing.telling import gone, told
from pinakes.services.works.reviewing import KIND

#: Folders that filters offer.
_FOLDERS = 500


@dataclass(frozen=True, slots=True)
class Pages:
    """Cuts pages from listings of reviews, and counts."""

    listings: Listings
    jobs: Jobs

    def page(self, review: str, asked: Wanted, after: int, offset: int | None, limit: int) -> dict[str, Any]:
        """Up to `limit` groups from `offset` on, or after the place that a cursor names."""
        rows, wanted = self._rows(review, asked)
        positions, in_place = self.listings.outline(review).positions, wanted.order is Order.EVIDENCE
        if offset is None:
            offset = int(np.searchsorted(positions[rows], after, side="right")) if in_place else max(0, after)
        end = offset + limit
        following = int(positions[rows[end - 1]]) if in_place and end < len(rows) else end
        return {
            "groups": self._told(review, rows[offset:end]),
            "next": str(following) if end < len(rows) else None,
            "offset": offset,
            "total": len(rows),
            "as_of": wanted.as_of,
        }

    def place(self, review: str, asked: Wanted, group: str) -> dict[str, Any]:
        """Where a group is in a listing."""
        rows, _ = self._rows(review, asked)
        row = next((row for row, name in enumerate(self.listings.outline(review).ids) if name == group), -1)
        found = np.flatnonzero(rows == row)
        return {"offset": int(found[0]) if len(found) else None}

    def facets(self, review: str) -> dict[str, Any]:
        """Formats and folders with their numbers of groups."""
        self._check(review)
        members = self.listings.members(review)
        formats = members.counted(members.format, members.formats)
        folders = members.counted(members.folder, members.folders)
        return {
            "formats": [{"name": kind, "groups": n} for kind, n in formats.items()],
            "folders": [{"name": path, "groups": n} for path, n in list(folders.items())[:_FOLDERS]],
            "folders_count": len(folders),
        }

    def left(self, review: str) -> dict[str, Any]:
        """Of each tier that has groups, how many there are and how many are undecided."""
        self._check(review)
        outline, decided = self.listings.outline(review), self.listings.decided(review)
        said = [decided.get(name) for name in outline.ids]
        is_open = np.fromiter((each is None for each in said), np.bool_, len(said))
        is_won = np.fromiter((each is not None and each.verb.removes for each in said), np.bool_, len(said))
        tiers = []
        for tier in (tier for tier in Tier if (outline.tiers == tier.rank).any()):
            own = outline.tiers == tier.rank
            sizes = outline.reclaimable
            tiers.append(
                {
                    "tier": tier.value,
                    "groups": int(own.sum()),
                    "open": int((own & is_open).sum()),
                    "bytes": int(sizes[own].sum()),
                    "open_bytes": int(sizes[own & is_open].sum()),
                    "won_bytes": int(sizes[own & is_won].sum()),
                }
            )
        return {"tiers": tiers}

    def group(self, name: str) -> dict[str, Any]:
        """One group, as its newest review has it."""
        engine = self.listings.engine
        decided = self.listings.decided(reviews.newest_with(engine, name))
        return told(engine, reviews.named(engine, [name]), decided)[0]

    def _rows(self, review: str, asked: Wanted) -> tuple[Rows, Wanted]:
        """The listing that is asked for, as of now where it says no line."""
        self._check(review)
        wanted = asked if asked.as_of is not None else replace(asked, as_of=self.listings.decisions.read())
        return self.listings.rows(review, wanted), wanted

    def _check(self, review: str) -> None:
        job = self.jobs.find(review, KIND)
        try:
            self.listings.made_at(review)
        except NotFound:
            if job is None or job.state.final:
                raise
            remedy = f"GET /api/v1/reviews/{review} says how far it is."
            raise NotReady("The review is being made.", remedy=remedy) from None

    def _told(self, review: str, rows: Rows) -> list[dict[str, Any]]:
        """Groups at some rows of the outline, also those of which nothing is there any more."""
        engine = self.listings.engine
        outline, decided = self.listings.outline(review), self.listings.decided(review)
        names = [outline.ids[row] for row in rows]
        found = reviews.at(engine, review, outline.positions[rows].tolist())
        there = told(engine, [found[name] for name in names if name in found], decided)
        known = {group["id"]: group for group in there}
        tiers = list(Tier)
        return [
            known.get(name) or gone(name, tiers[outline.tiers[row]], decided.get(name))
            for name, row in zip(names, rows, strict=True)
        ]
