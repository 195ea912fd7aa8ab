"""Plans over HTTP: made at once or by a job, shown page by page, and carried out as they were shown."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pinakes.duplicates.resolution.plan import Left, Plan, PlannedItem
from pinakes.jobs.job import Job
from pinakes.jobs.runner import Jobs
from pinakes.services.http.answers import MOST_LIMIT
from pinakes.services.opened import Library
from pinakes.services.works import kept_plans, planning, resolving
from pinakes.services.works.plan_files import KeptPlan


@dataclass(frozen=True, slots=True)
class Plans:
    """The plans of a library, and the jobs that make them and carry them out."""

    library: Library
    jobs: Jobs

    def keep(self, plan: Plan, review: str | None = None) -> KeptPlan:
        """Keep a plan that was made within a request, under a name of its own.

        Raises:
            DiskFull: there is no room for it.
        """
        self._forget_old()
        return kept_plans.keep(self._state, plan_name(), plan, review=review)

    def submit(self, question: dict[str, Any], *, about: dict[str, Any]) -> Job:
        """Queue the making of a plan; the job's `plan` is its name.

        Raises:
            Overloaded: too many jobs wait.
            DiskFull: there is no room for the question.
        """
        name = self._asked(question)
        return self.jobs.submit(planning.KIND, {"plan": name, **about})

    def submit_act(self, question: dict[str, Any], actor: str, *, review: str | None = None) -> Job:
        """Queue the making of a plan and, by the same job, its carrying out.

        Raises:
            Overloaded: too many jobs wait.
            DiskFull: there is no room for the question.
        """
        name = self._asked(question)
        return self.jobs.submit(resolving.KIND, resolving.asked_of(actor, review=review), name)

    def carry_out(self, kept: KeptPlan, actor: str) -> Job:
        """Queue the carrying out of a plan that is kept; who asks twice gets the same job."""
        about = resolving.asked_of(actor, review=kept.review, changes=kept.changes)
        return self.jobs.submit(resolving.KIND, about, kept.name)

    def page(self, kept: KeptPlan, first: int, limit: int) -> list[PlannedItem]:
        """Up to `limit` of its changes from the place `first` on, counted from 0."""
        return kept_plans.changes(self._state, kept, first, limit)

    def get(self, name: str) -> KeptPlan:
        """The plan of that name.

        Raises:
            NotFound: it was forgotten.
        """
        return kept_plans.get(self._state, name)

    def whole(self, kept: KeptPlan) -> Plan:
        """The plan with all its changes."""
        return kept_plans.whole(self._state, kept)

    @property
    def _state(self) -> Path:
        return self.library.settings.state

    def _asked(self, question: dict[str, Any]) -> str:
        self._forget_old()
        name = plan_name()
        kept_plans.ask(self._state, name, question)
        return name

    def _forget_old(self) -> None:
        known = self.jobs.page(kinds=[planning.KIND, resolving.KIND], limit=MOST_LIMIT)
        kept_plans.forget_old(self._state, {job.about.get("plan", job.id) for job in known})


def plan_name() -> str:
    """A name that no other plan has."""
    return secrets.token_hex(8)


def plan_json(kept: KeptPlan, changes: Sequence[PlannedItem], limit: int) -> dict[str, Any]:
    """A plan as JSON values, with some of its changes and the first `limit` of what it leaves alone."""
    return {
        "id": kept.name,
        "counts": kept.counts,
        "changes": kept.changes,
        "bytes_reclaimed": kept.bytes_reclaimed,
        "items": [item_json(item) for item in changes],
        "left": [left_json(left) for left in kept.left[:limit]],
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
