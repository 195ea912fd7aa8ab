"""The journal over HTTP: acts and their items, and taking them back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest, NotFound
from pinakes.duplicates.resolution import foresight, journal, undo
from pinakes.jobs.runner import Jobs
from pinakes.schemas.journal import ActItemPage, ActList, ActSummary, JournalPage
from pinakes.schemas.resolve import UndoReport, UndoRequest
from pinakes.services.http.answers import DEFAULT_LIMIT, MOST_LIMIT, Json, position_of
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.jobs.following import job_json
from pinakes.services.library.acting import CHANGING, actor_of, foresight_json, is_much, report_json
from pinakes.services.opened import Library
from pinakes.services.works import taking_back


def act_routes(library: Library, jobs: Jobs) -> APIRouter:
    """Make the routes."""
    router = APIRouter(tags=["decisions"], route_class=BoundedRoute, responses=CHANGING)

    @router.post(
        "/undo",
        response_model=UndoReport,
        responses={202: {"model": UndoReport, "description": "A job does it."}},
        summary="Take acts back",
    )
    def take_back(asked: UndoRequest, request: Request) -> Response:
        """Bring back the files and decisions of `acts`, or of the last act that can be undone for null.

        With `items` only these of each act come back. With `dry_run` it is said what would, and what could
        not and why. Acts of many files are undone by a job.
        """
        acts = _acts_of(asked)
        answer: dict[str, Any] = {"reports": [], "foresight": None, "job": None}
        if asked.dry_run:
            named = [undo.last(library.engine).id] if acts is None else acts
            seen = foresight.of_undo(library.engine, library.settings.state, named, asked.items)
            return Json({**answer, "foresight": foresight_json(seen)})
        actor = actor_of(request)
        if acts is not None and asked.items is None and _is_much(library, acts, asked.as_job):
            job = jobs.submit(taking_back.UNDO, taking_back.asked_of_undo(acts, actor), once=True)
            return Json({**answer, "job": job_json(job)}, status_code=202)
        reports = undo.undo(library.engine, library.settings.state, acts, actor=actor, only=asked.items)
        return Json({**answer, "reports": [report_json(report) for report in reports]})

    @router.get("/acts", response_model=ActList, summary="Acts, newest first")
    def acts(
        before: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST_LIMIT)] = DEFAULT_LIMIT
    ) -> Response:
        found = journal.acts(library.engine, limit=limit, before=before)
        return Json({"acts": [_act_json(act) for act in found]})

    @router.get("/acts/{name}", response_model=ActSummary, summary="One act")
    def act(name: str) -> Response:
        return Json(_act_json(journal.act_of(library.engine, name)))

    @router.get("/acts/{name}/items", response_model=ActItemPage, summary="What an act did, item by item")
    def items(
        name: str,
        cursor: Annotated[str | None, Query(max_length=20)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_LIMIT)] = DEFAULT_LIMIT,
    ) -> Response:
        """Answer the next `limit` items after `cursor`, each with its evidence and its present state."""
        known = journal.act_of(library.engine, name)
        first = max(0, position_of(cursor)) + 1
        with library.reading() as connection:
            found = journal.items_of(connection, name, first, first + limit - 1)
        last = first + limit - 1
        return Json(
            {
                "items": [_item_json(item) for item in found],
                "next": str(last) if last < known.planned and found else None,
            }
        )

    @router.get("/journal", response_model=JournalPage, summary="Lines of the journal, newest first")
    def lines(
        act: str | None = None,
        before: Annotated[int | None, Query(ge=0)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_LIMIT)] = DEFAULT_LIMIT,
    ) -> Response:
        """Answer lines of one act or of all; `before` is the number of the last line already seen."""
        found = journal.lines(library.engine, act=act, before=before, limit=limit)
        return Json({"lines": [asdict(line) for line in found]})

    return router


def _acts_of(asked: UndoRequest) -> list[str] | None:
    if asked.items is None:
        return asked.acts
    if asked.acts is not None or not asked.items or not all(asked.items.values()):
        raise InvalidRequest("Name either `acts`, or some `items` of each act.")
    return list(asked.items)


def _is_much(library: Library, acts: list[str], as_job: bool | None) -> bool:
    standing = sum(act.standing for act in undo.named(library.engine, acts))
    if as_job and not standing:
        raise NotFound("There is nothing to undo.")
    return is_much(standing, as_job)


def _act_json(act: journal.Act) -> dict[str, Any]:
    return {**asdict(act), "standing": act.standing}


def _item_json(item: journal.Item) -> dict[str, Any]:
    said = asdict(item)
    detail = said.pop("detail")
    paths: list[str] = detail.get("paths", [])
    named = {"bytes": detail.get("bytes", 0), "why": detail.get("why", ""), "reason": detail.get("reason")}
    return {**said, **named, "others": [path for path in paths if path != item.path]}
