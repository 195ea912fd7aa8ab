"""What other keeper rules would change in a review: within a moment, on a sample where it is large."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine, func, select

from pinakes.core.types import Tier
from pinakes.db.tables import journal
from pinakes.db.tables import reviews as review_rows
from pinakes.duplicates import keeper, reviews
from pinakes.duplicates.places import is_under_any, spellings
from pinakes.duplicates.types import Asset, DuplicateGroup

#: Time that is spent on one preview, seconds, and groups between two looks at the clock.
BUDGET_SECONDS, STEP = 0.22, 50

#: Groups that are remembered between two previews, so that the second looks at more.
MOST_REMEMBERED = 20_000

#: Changed groups that are shown.
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Changed:
    """A group in which another file would be kept, and why."""

    group: DuplicateGroup
    keep: Asset
    why: str


@dataclass(slots=True)
class Preview:
    """What the rules come to in the groups looked at, of all `groups`; bytes and files are those that go.

    `files_before` and `bytes_before` are those that go with the keepers that the review found.
    """

    groups: int
    looked_at: int = 0
    changed: int = 0
    files: int = 0
    bytes: int = 0
    files_before: int = 0
    bytes_before: int = 0
    examples: list[Changed] = field(default_factory=list)


class RulePreviews:
    """Makes previews; may be called from any thread. The groups of the last review stay in memory."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._sample: _Sample | None = None

    def look(
        self,
        review: str,
        rules: Sequence[keeper.Rule],
        references: Sequence[str] = (),
        *,
        tier: Tier | None = None,
        seconds: float = BUDGET_SECONDS,
    ) -> Preview:
        """Apply rules to as many groups of a review as fit the time, at random but the same ones each time.

        `references` are folders in which nothing goes, beside those of the review.
        """
        with self._lock:
            sample = self._sampled(review, tier)
            until = time.monotonic() + seconds
            preview = Preview(groups=len(sample.places))
            safe = spellings(references)
            for group in sample.groups(self._engine, until):
                preview.looked_at += 1
                _add(preview, group, rules, safe)
                if preview.looked_at % STEP == 0 and time.monotonic() > until:
                    break
            else:
                # Groups of which nothing is left are in no list, and were looked at all the same.
                preview.looked_at = sample.seen
        return preview

    def _sampled(self, review: str, tier: Tier | None) -> _Sample:
        with self._engine.execution_options(readonly=True).connect() as connection:
            made_at = connection.scalar(select(review_rows.c.made_at).where(review_rows.c.id == review))
            line = connection.scalar(select(func.max(journal.c.line)))
        key = (review, tier, made_at, line)
        if self._sample is None or self._sample.key != key:
            places = reviews.undecided(self._engine, review, tier)
            random.Random(review).shuffle(places)  # noqa: S311 (the same sample each time)
            self._sample = _Sample(key, review, places)
        return self._sample


@dataclass(slots=True)
class _Sample:
    """Groups of a review in an order of chance, read as far as there was time."""

    key: tuple[object, ...]
    review: str
    places: list[int]
    seen: int = 0
    read: list[DuplicateGroup] = field(default_factory=list)

    def groups(self, engine: Engine, until: float) -> Iterator[DuplicateGroup]:
        yield from self.read
        # However busy the machine is, some groups are looked at.
        while self.seen < min(len(self.places), MOST_REMEMBERED) and (
            self.seen == 0 or time.monotonic() < until
        ):
            portion = sorted(self.places[self.seen : self.seen + STEP])
            found = list(reviews.at(engine, self.review, portion).values())
            self.seen += len(portion)
            self.read += found
            yield from found


def _add(
    preview: Preview, group: DuplicateGroup, rules: Sequence[keeper.Rule], references: Sequence[str]
) -> None:
    assets = [member.asset for member in group.members]
    if len(assets) < 2:
        return
    choice = keeper.choose(assets, rules, references, tier=group.tier)
    before = [asset for asset in assets if asset.path != group.keep.path]
    now = [a for a in assets if a.path != choice.keep.path and not is_under_any(a.path, references)]
    preview.files_before += len(before)
    preview.bytes_before += sum(asset.bytes for asset in before)
    preview.files += len(now)
    preview.bytes += sum(asset.bytes for asset in now)
    if choice.keep.path != group.keep.path:
        preview.changed += 1
        if len(preview.examples) < MOST_SHOWN:
            preview.examples.append(Changed(group, choice.keep, choice.why))
