"""Resolving and undoing over HTTP: a plan first, the act when asked for, and the journal of all acts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import select
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest, NotFound
from pinakes.db.tables import groups as group_rows
from pinakes.db.tables import reviews as review_rows
from pinakes.duplicates import keeper, reviews
from pinakes.duplicates.resolution import journal, plan, resolve, undo
from pinakes.duplicates.types import DuplicateGroup
from pinakes.schemas.journal import ActList, JournalPage
from pinakes.schemas.resolve import Resolution, ResolveRequest, UndoReport, UndoRequest
from pinakes.services.answers import DEFAULT_LIMIT, MOST_LIMIT, Json
from pinakes.services.bounded import BoundedRoute
from pinakes.services.opened import Library

#: Who acted, as the journal says it.
ACTOR = "api"

#: Groups read from a review at a time.
_PAGE = 1000


def resolution_routes(library: Library) -> APIRouter:
    """Make the routes."""
    router = APIRouter(tags=["decisions"], route_class=BoundedRoute)

    @router.post("/resolutions", response_model=Resolution, summary="Preview or carry out decisions")
    def resolve_groups(asked: ResolveRequest) -> Response:
        """Plan what `verb` does to a review's groups or to those named, and do it unless `dry_run`.

        Without a verb each tier does what is safe for it. Files are changed below the allowed roots only,
        and never in a reference folder, be it given here or with the review.
        """
        made = _plan(library, asked)
        changed = {os.path.dirname(item.asset.path) for item in made.items if item.verb.removes}  # noqa: PTH120
        if changed:
            library.confined(tuple(sorted(changed)))
        answer = {"dry_run": asked.dry_run, "plan": plan_json(made), "report": None}
        if not asked.dry_run:
            report = resolve.apply(library.engine, library.settings.state, made, actor=ACTOR)
            answer["report"] = report_json(report)
        return Json(answer)

    @router.post("/undo", response_model=UndoReport, summary="Take acts back")
    def take_back(asked: UndoRequest) -> Response:
        """Bring back the files and decisions of `acts`, or of the last act that can be undone for null."""
        reports = undo.undo(library.engine, library.settings.state, asked.acts, actor=ACTOR)
        return Json({"reports": [report_json(report) for report in reports]})

    @router.get("/acts", response_model=ActList, summary="Acts, newest first")
    def acts(
        before: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST_LIMIT)] = DEFAULT_LIMIT
    ) -> Response:
        found = journal.acts(library.engine, limit=limit, before=before)
        return Json({"acts": [{**asdict(act), "standing": act.standing} for act in found]})

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


def plan_json(made: plan.Plan) -> dict[str, Any]:
    """A plan as JSON values."""
    return {
        "counts": made.counts,
        "bytes_reclaimed": made.bytes_reclaimed,
        "items": [_item_json(item) for item in made.items],
        "left": [{"path": left.path, "group": left.group_id, "reason": left.reason} for left in made.left],
    }


def report_json(report: resolve.ActReport) -> dict[str, Any]:
    """What became of an act as JSON values."""
    return {**asdict(report), "failed": [{"path": path, "reason": reason} for path, reason in report.failed]}


def _item_json(item: plan.PlannedItem) -> dict[str, Any]:
    return {
        "item": item.item,
        "verb": item.verb.value,
        "group": item.group_id,
        "tier": item.tier.value,
        "score": item.score,
        "method": item.method,
        "path": item.asset.path,
        "bytes": item.asset.bytes,
        "kept": item.kept.path,
        "why": item.why,
        "others": [other.path for other in item.others],
    }


def _plan(library: Library, asked: ResolveRequest) -> plan.Plan:
    if (asked.review is None) == (not asked.groups):
        raise InvalidRequest("Name either a `review` or some `groups`.")
    scopes = _scopes(library, asked)
    if asked.review is None:
        groups: Sequence[DuplicateGroup] = reviews.named(library.engine, asked.groups)
    else:
        groups = list(_all_groups(library, asked.review))
    rules = keeper.parse_rules(",".join(scopes[0]["rules"])) if scopes else keeper.DEFAULT_RULES
    references = [folder for scope in scopes for folder in scope["references"]]
    return plan.make(
        groups,
        verb=None if asked.verb is None else plan.Verb(asked.verb),
        keep=asked.keep,
        references=[*asked.references, *references],
        rules=rules,
    )


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


def _all_groups(library: Library, review: str) -> Iterator[DuplicateGroup]:
    after = -1
    with library.reading() as connection:
        query = select(group_rows.c.position).where(group_rows.c.review == review)
        positions = connection.scalars(query.order_by(group_rows.c.position)).all()
    for start in range(0, len(positions), _PAGE):
        yield from (group for _, group in reviews.page(library.engine, review, after=after, limit=_PAGE))
        after = positions[min(start + _PAGE, len(positions)) - 1]
