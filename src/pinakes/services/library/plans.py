"""Plans that were shown to somebody and may be carried out as they are: the last few, in memory."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import asdict, dataclass
from typing import Any

from pinakes.core.errors import NotFound
from pinakes.duplicates.resolution.plan import Left, Plan, PlannedItem

#: Plans that are remembered, and the items that all of them may have together.
MOST_PLANS, MOST_ITEMS = 32, 300_000

#: How long a plan may be carried out after it was made: later, the files are likely others, seconds.
LASTING_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A plan under a name, the review it is of where it is of a whole one, and when it was made."""

    name: str
    plan: Plan
    review: str | None
    at: float


class Plans:
    """Remembers plans; may be called from any thread."""

    def __init__(self) -> None:
        self._shown: OrderedDict[str, ShownPlan] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, plan: Plan, review: str | None) -> ShownPlan:
        """Remember a plan, and forget the oldest where there are too many; the newest always stays."""
        shown = ShownPlan(secrets.token_hex(8), plan, review, time.monotonic())
        with self._lock:
            self._shown[shown.name] = shown
            while len(self._shown) > 1 and self._is_full():
                self._shown.popitem(last=False)
        return shown

    def get(self, name: str) -> ShownPlan:
        """The plan of that name.

        Raises:
            NotFound: it was forgotten.
        """
        with self._lock:
            found = self._shown.get(name)
        if found is None or time.monotonic() - found.at > LASTING_SECONDS:
            raise NotFound(f"There is no plan {name!a} any more.", remedy="Preview the groups again.")
        return found

    def _is_full(self) -> bool:
        items = sum(len(shown.plan.items) + len(shown.plan.left) for shown in self._shown.values())
        return len(self._shown) > MOST_PLANS or items > MOST_ITEMS


def plan_json(shown: ShownPlan, limit: int) -> dict[str, Any]:
    """A plan as JSON values, with the first `limit` of its changes and of what it leaves alone."""
    plan = shown.plan
    return {
        "id": shown.name,
        "counts": plan.counts,
        "changes": len(plan.items),
        "bytes_reclaimed": plan.bytes_reclaimed,
        "items": [item_json(item) for item in plan.items[:limit]],
        "left": [left_json(left) for left in plan.left[:limit]],
    }


def item_json(item: PlannedItem) -> dict[str, Any]:
    """A change as JSON values."""
    return {
        "item": item.item,
        "verb": item.verb.value,
        "group": item.group_id,
        "tier": item.tier.value,
        "score": item.score,
        "method": item.method,
        "path": item.asset.path,
        "sha256": item.asset.sha256,
        "bytes": item.asset.bytes,
        "kept": item.kept.path,
        "kept_sha256": item.kept.sha256,
        "why": item.why,
        "others": [other.path for other in item.others],
    }


def left_json(left: Left) -> dict[str, Any]:
    """A file that is left alone as JSON values."""
    said = asdict(left)
    return {"path": said["path"], "group": said["group_id"], "reason": said["reason"]}
