"""The file of one plan: its changes in portions, of which a page unpacks few, and a head that counts them."""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from itertools import pairwise
from typing import Any, BinaryIO

from pinakes.core.types import Tier
from pinakes.duplicates.resolution.plan import Left, Plan, PlannedItem, Verb
from pinakes.duplicates.types import Asset

#: Changes that are packed together.
PORTION = 200

#: Files left alone that are listed; their number is always kept.
MOST_LEFT = 1000

#: How hard changes are packed: paths repeat, and the least effort takes most of them away.
_EFFORT = 1

#: Bytes at the end of a file that say how long its head is, which stands before them.
_TAIL = 8


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan as it is known without its changes.

    `at` is when it was made, Unix time in seconds; `left` are the first of the files that are left alone;
    `places` are the bytes at which each portion of the changes begins, and at which the last one ends.
    """

    name: str
    at: float
    counts: dict[str, int]
    changes: int
    bytes_reclaimed: int
    left: tuple[Left, ...]
    review: str | None
    places: tuple[int, ...] = ()

    @classmethod
    def of(cls, name: str, plan: Plan, review: str | None = None, places: Sequence[int] = ()) -> KeptPlan:
        """What is known of a plan that is made now."""
        changes, left = len(plan.items), plan.left[:MOST_LEFT]
        return cls(name, time.time(), plan.counts, changes, plan.bytes_reclaimed, left, review, tuple(places))


def write(file: BinaryIO, name: str, plan: Plan, review: str | None) -> KeptPlan:
    """Write a plan that is made now.

    Raises:
        OSError: as the system says.
    """
    places = [0]
    for first in range(0, len(plan.items), PORTION):
        lines = [_line(item) for item in plan.items[first : first + PORTION]]
        file.write(zlib.compress(json.dumps(lines, separators=(",", ":")).encode("ascii"), _EFFORT))
        places.append(file.tell())
    kept = KeptPlan.of(name, plan, review, places)
    head = json.dumps(asdict(kept), separators=(",", ":")).encode("ascii")
    file.write(head + len(head).to_bytes(_TAIL, "big"))
    return kept


def read_head(file: BinaryIO) -> KeptPlan:
    """Read all but the changes.

    Raises:
        OSError: as the system says.
    """
    file.seek(-_TAIL, os.SEEK_END)
    length = int.from_bytes(file.read(_TAIL), "big")
    file.seek(-_TAIL - length, os.SEEK_END)
    head = json.loads(file.read(length))
    left = tuple(Left(**said) for said in head.pop("left"))
    return KeptPlan(**{**head, "left": left, "places": tuple(head["places"])})


def read_changes(file: BinaryIO, kept: KeptPlan, first: int, limit: int) -> list[PlannedItem]:
    """Read up to `limit` of the changes from the place `first` on, counted from 0.

    Raises:
        OSError: as the system says.
    """
    portion, end = first // PORTION, -(-(first + limit) // PORTION)
    places = kept.places[portion : end + 1]
    found: list[PlannedItem] = []
    for start, upto in pairwise(places):
        file.seek(start)
        found += map(_item, json.loads(zlib.decompress(file.read(upto - start))))
    skipped = first - portion * PORTION
    return found[skipped : skipped + limit]


def _line(item: PlannedItem) -> list[Any]:
    return [
        item.item,
        item.verb,
        item.group_id,
        item.tier,
        item.score,
        item.method,
        astuple(item.asset),
        astuple(item.kept),
        item.why,
        [astuple(other) for other in item.others],
    ]


def _item(line: Sequence[Any]) -> PlannedItem:
    number, verb, group, tier, score, method, asset, kept, why, others = line
    return PlannedItem(
        number,
        Verb(verb),
        group,
        Tier(tier),
        score,
        method,
        Asset(*asset),
        Asset(*kept),
        why,
        tuple(Asset(*other) for other in others),
    )
