"""The trash over HTTP: pictures let go, what lies in it, and emptying it for good."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest
from pinakes.duplicates.resolution import foresight, resolve, trash, waiting
from pinakes.duplicates.types import Asset
from pinakes.jobs.runner import Jobs
from pinakes.schemas.trash import PurgeAnswer, PurgeRequest, TrashAnswer, TrashPage, TrashRequest
from pinakes.services.http.answers import DEFAULT_LIMIT, MOST_LIMIT, Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.jobs.following import job_json
from pinakes.services.library.acting import CHANGING, actor_of, foresight_json, is_much, report_json
from pinakes.services.library.plans import Plans
from pinakes.services.opened import Library
from pinakes.services.works import letting_go, planning, taking_back


def trash_routes(library: Library, jobs: Jobs) -> APIRouter:
    """Make the routes."""
    router = APIRouter(prefix="/trash", tags=["decisions"], route_class=BoundedRoute, responses=CHANGING)
    plans = Plans(library, jobs)

    @router.get("", response_model=TrashPage, summary="What lies in the trash, newest first")
    def page(
        cursor: Annotated[str | None, Query(max_length=100)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_LIMIT)] = DEFAULT_LIMIT,
    ) -> Response:
        """Answer the next `limit` files after `cursor`; the first page says how many there are."""
        found = waiting.page(library.engine, limit=limit + 1, after=_place_of(cursor))
        last = found[limit - 1] if len(found) > limit else None
        total = asdict(waiting.total(library.engine)) if cursor is None else None
        following = None if last is None else f"{last.act.id}.{last.item.item}"
        return Json({"items": [_item_json(w) for w in found[:limit]], "next": following, "total": total})

    @router.post(
        "",
        response_model=TrashAnswer,
        responses={202: {"model": TrashAnswer, "description": "A job plans it, or does it."}},
        summary="Move pictures to the trash",
    )
    def let_go(asked: TrashRequest, request: Request) -> Response:
        """Say of each picture whether it would go, and let those go that can unless `dry_run`.

        A file that is not what the last scan saw is refused, as is one outside of the allowed roots. Of more
        than a thousand, a job makes the plan, which is shown and carried out as those of groups are; unless
        `dry_run`, the same job carries it out.
        """
        if len(asked.assets) > planning.MOST_AT_ONCE:
            return _much_let_go(plans, asked, actor_of(request))
        looked = letting_go.look(library, asked.assets)
        act, refused = None, looked.refused
        if not asked.dry_run and looked.plan.items:
            state = library.settings.state
            report = resolve.apply(library.engine, state, looked.plan, actor=actor_of(request))
            act, refused = report.act, {**refused, **dict(report.failed)}
        done = "would_go" if asked.dry_run else "gone"
        items = [
            _fate(number, looked.known.get(number), refused, done) for number in dict.fromkeys(asked.assets)
        ]
        return Json({"act": act, "dry_run": asked.dry_run, "items": items, **_sums(items), "job": None})

    @router.post("/purge", response_model=PurgeAnswer, summary="Delete for good what lies in the trash")
    def purge(asked: PurgeRequest, request: Request) -> Response:
        """Say what would be deleted for good, and delete it unless `dry_run`; nothing brings it back.

        What was kept for a file must still be there; else the file stays, since it may be the last copy.
        """
        before = min(time.time(), asked.before if asked.before is not None else time.time())
        seen = foresight.of_emptying(library.engine, before=before, only=asked.acts)
        answer: dict[str, Any] = {"dry_run": asked.dry_run, "foresight": foresight_json(seen)}
        answer |= {"report": None, "job": None}
        if asked.dry_run:
            return Json(answer)
        actor = actor_of(request)
        if is_much(seen.items, asked.as_job):
            about = taking_back.asked_of_emptying(before, asked.acts, actor)
            answer["job"] = job_json(jobs.submit(taking_back.EMPTY, about))
            return Json(answer, status_code=202)
        report = trash.empty(
            library.engine, library.settings.state, actor=actor, before=before, only=asked.acts
        )
        return Json({**answer, "report": report_json(report)})

    return router


def _much_let_go(plans: Plans, asked: TrashRequest, actor: str) -> Response:
    question = {"assets": asked.assets}
    job = plans.submit(question, about={}) if asked.dry_run else plans.submit_act(question, actor)
    nothing: dict[str, Any] = {"act": None, "dry_run": asked.dry_run, "items": [], "bytes": 0, "refused": 0}
    location = {"Location": f"/api/v1/jobs/{job.id}"}
    return Json({**nothing, "job": job_json(job)}, status_code=202, headers=location)


def _fate(number: int, asset: Asset | None, refused: dict[str, str], done: str) -> dict[str, Any]:
    if asset is None:
        return {"asset": number, "path": "", "bytes": 0, "outcome": "refused", "reason": letting_go.UNKNOWN}
    reason = refused.get(asset.path)
    outcome = done if reason is None else "refused"
    return {"asset": number, "path": asset.path, "bytes": asset.bytes, "outcome": outcome, "reason": reason}


def _sums(items: Sequence[dict[str, Any]]) -> dict[str, int]:
    refused = [item for item in items if item["outcome"] == "refused"]
    size = sum(item["bytes"] for item in items) - sum(item["bytes"] for item in refused)
    return {"bytes": size, "refused": len(refused)}


def _item_json(found: waiting.Waiting) -> dict[str, Any]:
    act, item = found.act, found.item
    return {
        "act": act.id,
        "item": item.item,
        "at": act.at,
        "actor": act.actor,
        "verb": item.verb,
        "path": item.path,
        "sha256": item.sha256,
        "bytes": item.detail.get("bytes", 0),
        "why": item.detail.get("why", ""),
        "kept": item.kept_path,
        "tier": item.tier,
        "group": item.group_id,
    }


def _place_of(cursor: str | None) -> tuple[str, int] | None:
    if cursor is None:
        return None
    act, _, number = cursor.rpartition(".")
    if not (act and number.isascii() and number.isdigit()):
        raise InvalidRequest("The cursor is none.", remedy="Use the `next` of the page before, or none.")
    return act, int(number)
