"""Resolving groups over HTTP: a plan first, and when asked for the act, or the job of a large one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import select
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest, NotFound
from pinakes.core.types import Tier
from pinakes.db.tables import groups as group_rows
from pinakes.db.tables import reviews as review_rows
from pinakes.duplicates import keeper, reviews
from pinakes.duplicates.resolution import plan, resolve
from pinakes.duplicates.types import DuplicateGroup
from pinakes.jobs.runner import Jobs
from pinakes.schemas.resolve import ChangePage, Resolution, ResolveRequest
from pinakes.services.http.answers import DEFAULT_LIMIT, MOST_LIMIT, Json, position_of
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.jobs.following import job_json
from pinakes.services.library.acting import CHANGING, actor_of, is_much, report_json
from pinakes.services.library.plans import Plans, ShownPlan, item_json, plan_json
from pinakes.services.opened import Library
from pinakes.services.works import kept_plans, resolving
from pinakes.services.works.kept_plans import KeptPlan

#: Groups read from a review at a time.
_PAGE = 1000


def resolution_routes(library: Library, jobs: Jobs) -> APIRouter:
    """Make the routes."""
    router = APIRouter(tags=["decisions"], route_class=BoundedRoute, responses=CHANGING)
    plans = Plans()

    @router.post(
        "/resolutions",
        response_model=Resolution,
        responses={202: {"model": Resolution, "description": "A job does it."}},
        summary="Preview or carry out decisions",
    )
    def resolve_groups(asked: ResolveRequest, request: Request) -> Response:
        """Plan what `verb` does to a review's groups or to those named, and do it unless `dry_run`.

        Without a verb each tier does what is safe for it. Files are changed below the allowed roots only,
        and never in a reference folder, be it given here or with the review. A plan that was shown is carried
        out as it was, by its id. Many files are changed by a job, whose plan outlives its process.
        """
        shown = _shown(library, plans, asked)
        resolving.confine(library, shown.plan)
        answer: dict[str, Any] = {"dry_run": asked.dry_run, "plan": plan_json(shown, asked.limit)}
        answer |= {"report": None, "job": None}
        if asked.dry_run:
            return Json(answer)
        if is_much(len(shown.plan.items), asked.as_job):
            answer["job"] = _submitted(library, jobs, shown, actor_of(request))
            return Json(answer, status_code=202, headers={"Location": f"/api/v1/jobs/{shown.name}"})
        report = resolve.apply(library.engine, library.settings.state, shown.plan, actor=actor_of(request))
        return Json({**answer, "report": report_json(report)})

    @router.get("/plans/{name}/items", response_model=ChangePage, summary="Changes of a plan that was shown")
    def items(
        name: str,
        cursor: Annotated[str | None, Query(max_length=20)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_LIMIT)] = DEFAULT_LIMIT,
    ) -> Response:
        """Answer the next `limit` changes after `cursor`."""
        all_items = plans.get(name).plan.items
        first = max(0, position_of(cursor))
        page = all_items[first : first + limit]
        following = str(first + limit) if first + limit < len(all_items) else None
        return Json({"items": [item_json(item) for item in page], "next": following})

    return router


def _submitted(library: Library, jobs: Jobs, shown: ShownPlan, actor: str) -> dict[str, Any]:
    known = {job.id for job in jobs.page(kinds=[resolving.KIND], limit=MOST_LIMIT)}
    state = library.settings.state
    kept_plans.forget_others(state, known | {shown.name})
    if shown.name not in known:  # else it was asked for twice, and goes on
        kept_plans.keep(state, shown.name, KeptPlan(shown.plan, actor, time.time()))
    about = resolving.asked_of(shown.plan, review=shown.review)
    return job_json(jobs.submit(resolving.KIND, about, shown.name))


def _shown(library: Library, plans: Plans, asked: ResolveRequest) -> ShownPlan:
    if sum((asked.review is not None, bool(asked.groups), asked.plan is not None)) != 1:
        raise InvalidRequest("Name either a `review`, some `groups`, or a `plan`.")
    if asked.plan is not None:
        return plans.get(asked.plan)
    return plans.add(_plan(library, asked), asked.review)


def _plan(library: Library, asked: ResolveRequest) -> plan.Plan:
    scopes = _scopes(library, asked)
    if asked.review is None:
        groups: Sequence[DuplicateGroup] = reviews.named(library.engine, asked.groups)
    else:
        tier = None if asked.tier is None else Tier(asked.tier)
        groups = list(_all_groups(library, asked.review, tier))
    references = [folder for scope in scopes for folder in scope["references"]]
    return plan.make(
        groups,
        verb=None if asked.verb is None else plan.Verb(asked.verb),
        keep=asked.keep,
        references=[*asked.references, *references],
        rules=_rules(asked, scopes),
        anew=bool(asked.rules),
    )


def _rules(asked: ResolveRequest, scopes: Sequence[dict[str, Any]]) -> tuple[keeper.Rule, ...]:
    if asked.rules:
        return keeper.read_rules(asked.rules)
    return keeper.read_rules(scopes[0]["rules"]) if scopes else keeper.DEFAULT_RULES


def _scopes(library: Library, asked: ResolveRequest) -> list[dict[str, Any]]:
    """What was asked when the groups were found: whatever review has one of them may protect a folder."""
    if asked.review is not None:
        query = select(review_rows.c.scope).where(review_rows.c.id == asked.review)
        with library.reading() as connection:
            found = list(connection.scalars(query))
        if not found:
            raise NotFound(f"There is no review {asked.review!a}.", remedy="POST /api/v1/reviews makes one.")
        return found
    scopes: dict[str, dict[str, Any]] = {}
    with library.reading() as connection:
        for start in range(0, len(asked.groups), 500):
            query = (
                select(review_rows.c.id, review_rows.c.scope)
                .join(group_rows, group_rows.c.review == review_rows.c.id)
                .where(group_rows.c.id.in_(asked.groups[start : start + 500]))
                .order_by(review_rows.c.made_at.desc())
                .distinct()
            )
            scopes.update((name, scope) for name, scope in connection.execute(query))
    return list(scopes.values())


def _all_groups(library: Library, review: str, tier: Tier | None) -> Iterator[DuplicateGroup]:
    places = reviews.positions(library.engine, review, tier)
    for start in range(0, len(places), _PAGE):
        yield from reviews.at(library.engine, review, places[start : start + _PAGE]).values()
