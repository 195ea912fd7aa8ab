"""Resolving groups over HTTP: a plan first, and when asked for the act; jobs do either where it is much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest
from pinakes.duplicates.resolution import resolve
from pinakes.duplicates.resolution.plan import Plan, PlannedItem
from pinakes.jobs.job import Job
from pinakes.jobs.runner import Jobs
from pinakes.schemas.resolve import ChangePage, ChangePlan, Resolution, ResolveRequest
from pinakes.services.http.answers import DEFAULT_LIMIT, MOST_LIMIT, Json, position_of
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.jobs.following import job_json
from pinakes.services.library.acting import CHANGING, actor_of, is_much, report_json
from pinakes.services.library.plans import Plans, item_json, plan_json, plan_name
from pinakes.services.opened import Library
from pinakes.services.works import planning
from pinakes.services.works.plan_files import KeptPlan


def resolution_routes(library: Library, jobs: Jobs) -> APIRouter:
    """Make the routes."""
    router = APIRouter(tags=["decisions"], route_class=BoundedRoute, responses=CHANGING)
    plans = Plans(library, jobs)

    @router.post(
        "/resolutions",
        response_model=Resolution,
        responses={202: {"model": Resolution, "description": "A job plans it, or does it."}},
        summary="Preview or carry out decisions",
    )
    def resolve_groups(asked: ResolveRequest, request: Request) -> Response:
        """Plan what `verb` does to a review's groups or to those named, and do it unless `dry_run`.

        Without a verb each tier does what is safe for it. Files are changed below the allowed roots only,
        and never in a reference folder, be it given here or with the review. A plan that was shown is carried
        out as it was, by its id. More than a thousand groups are planned by a job: its `plan` is then the id,
        and `plan` here is null. Many files are changed by a job, whose plan outlives its process.
        """
        if sum((asked.review is not None, bool(asked.groups), asked.plan is not None)) != 1:
            raise InvalidRequest("Name either a `review`, some `groups`, or a `plan`.")
        actor = actor_of(request)
        if asked.plan is None and planning.is_large(library, asked):
            return _planned_later(plans, asked, actor)
        if asked.plan is None:
            return _planned_now(plans, asked, planning.plan_of_groups(library, asked), actor)
        kept = plans.get(asked.plan)
        answer = _answer(asked, kept, plans.page(kept, 0, asked.limit))
        if asked.dry_run:
            return Json(answer)
        if is_much(kept.changes, asked.as_job):
            return _begun(answer, plans.carry_out(kept, actor))
        return _carried_out(library, answer, plans.whole(kept), actor)

    @router.get("/plans/{name}", response_model=ChangePlan, summary="A plan, once it is made")
    def plan(name: str, limit: Annotated[int, Query(ge=0, le=MOST_LIMIT)] = DEFAULT_LIMIT) -> Response:
        """Answer its sums, with the first `limit` of its changes and of the files that it leaves alone."""
        kept = plans.get(name)
        return Json(plan_json(kept, plans.page(kept, 0, limit), limit))

    @router.get("/plans/{name}/items", response_model=ChangePage, summary="Changes of a plan, page by page")
    def items(
        name: str,
        cursor: Annotated[str | None, Query(max_length=20)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_LIMIT)] = DEFAULT_LIMIT,
    ) -> Response:
        """Answer the next `limit` changes after `cursor`."""
        kept = plans.get(name)
        first = max(0, position_of(cursor))
        following = str(first + limit) if first + limit < kept.changes else None
        return Json(
            {"items": [item_json(item) for item in plans.page(kept, first, limit)], "next": following}
        )

    return router


def _planned_now(plans: Plans, asked: ResolveRequest, made: Plan, actor: str) -> Response:
    is_job = not asked.dry_run and is_much(len(made.items), asked.as_job)
    # What is carried out at once is shown to nobody before, and need not be kept.
    kept = plans.keep(made, asked.review) if asked.dry_run or is_job else KeptPlan.of(plan_name(), made)
    answer = _answer(asked, kept, made.items[: asked.limit])
    if asked.dry_run:
        return Json(answer)
    return (
        _begun(answer, plans.carry_out(kept, actor))
        if is_job
        else _carried_out(plans.library, answer, made, actor)
    )


def _planned_later(plans: Plans, asked: ResolveRequest, actor: str) -> Response:
    question = asked.model_dump(mode="json")
    if asked.dry_run:
        about = {} if asked.review is None else {"review": asked.review}
        job = plans.submit(question, about=about)
    else:
        job = plans.submit_act(question, actor, review=asked.review)
    return _begun({"dry_run": asked.dry_run, "plan": None, "report": None}, job)


def _carried_out(library: Library, answer: dict[str, Any], made: Plan, actor: str) -> Response:
    planning.confine(library, made)
    report = resolve.apply(library.engine, library.settings.state, made, actor=actor)
    return Json({**answer, "report": report_json(report)})


def _begun(answer: dict[str, Any], job: Job) -> Response:
    location = {"Location": f"/api/v1/jobs/{job.id}"}
    return Json({**answer, "job": job_json(job)}, status_code=202, headers=location)


def _answer(asked: ResolveRequest, kept: KeptPlan, changes: Sequence[PlannedItem]) -> dict[str, Any]:
    shown = plan_json(kept, changes, asked.limit)
    return {"dry_run": asked.dry_run, "plan": shown, "report": None, "job": None}
