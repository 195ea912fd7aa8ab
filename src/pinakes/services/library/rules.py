"""Keeper rules over HTTP: what there is, sets kept by name, and what rules would change in a review."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select
from starlette.responses import Response

from pinakes.core.errors import NotFound
from pinakes.core.types import Tier
from pinakes.db.tables import contents
from pinakes.db.tables import reviews as review_rows
from pinakes.duplicates import keeper, rule_sets
from pinakes.duplicates.rule_preview import Changed, Preview, RulePreviews
from pinakes.duplicates.rule_sets import RuleSet
from pinakes.duplicates.types import Asset
from pinakes.schemas.rules import RuleList, RulePreview, RulePreviewRequest, RuleSetBody, SavedRuleSet
from pinakes.services.http.answers import Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.jobs.routes import problem
from pinakes.services.opened import Library

_NEEDS = {None: "none", False: "optional", True: "needed"}

_REFUSED: dict[int | str, dict[str, Any]] = {
    400: problem("A rule or a name is none."),
    404: problem("There is no such review, or no such set."),
}


def rule_routes(library: Library) -> APIRouter:
    """Make the routes."""
    router = APIRouter(tags=["duplicates"], route_class=BoundedRoute, responses=_REFUSED)
    previews = RulePreviews(library.engine)

    @router.get("/rules", response_model=RuleList, summary="Keeper rules, and the sets kept here")
    def every() -> Response:
        sets = [asdict(made) for made in rule_sets.every(library.engine)]
        default = [str(rule) for rule in keeper.DEFAULT_RULES]
        return Json({"known": _known(), "default": default, "formats": _formats(library), "sets": sets})

    @router.put("/rules/{name}", response_model=SavedRuleSet, summary="Keep a set of rules by a name")
    def save(name: str, asked: RuleSetBody) -> Response:
        """Keep the rules in place of those of that name; nothing is changed by it."""
        rules = tuple(str(rule) for rule in keeper.read_rules(asked.rules))
        made = RuleSet(name.strip(), rules, tuple(asked.references))
        rule_sets.save(library.engine, made)
        return Json(asdict(made))

    @router.delete("/rules/{name}", status_code=204, summary="Forget a set of rules", response_class=Response)
    def remove(name: str) -> Response:
        rule_sets.remove(library.engine, name)
        return Response(status_code=204)

    @router.post("/reviews/{name}/rules", response_model=RulePreview, summary="What other rules would change")
    def preview(name: str, asked: RulePreviewRequest) -> Response:
        """Answer within a moment: of a large review a sample is looked at, which the numbers say."""
        query = select(review_rows.c.scope).where(review_rows.c.id == name)
        with library.reading() as connection:
            scope = connection.scalar(query)
        if scope is None:
            raise NotFound(f"There is no review {name!a}.", remedy="POST /api/v1/reviews makes one.")
        seen = previews.look(
            name,
            keeper.read_rules(asked.rules),
            [*asked.references, *scope["references"]],
            tier=None if asked.tier is None else Tier(asked.tier),
        )
        return Json(_preview_json(seen))

    return router


def _known() -> list[dict[str, str]]:
    return [
        {"name": name, "prefers": prefers, "pattern": _NEEDS[keeper.PATTERNED.get(name)]}
        for name, prefers in keeper.RULES.items()
    ]


def _formats(library: Library) -> list[str]:
    with library.reading() as connection:
        return sorted(connection.scalars(select(contents.c.format).distinct()))


def _preview_json(seen: Preview) -> dict[str, Any]:
    names = ("groups", "looked_at", "changed", "files", "bytes", "files_before", "bytes_before")
    examples = [_changed_json(changed) for changed in seen.examples]
    return {**{name: getattr(seen, name) for name in names}, "examples": examples}


def _changed_json(changed: Changed) -> dict[str, Any]:
    group = changed.group
    return {
        "group": group.id,
        "tier": group.tier.value,
        "files": len(group.members),
        "before": _file_json(group.keep),
        "after": _file_json(changed.keep),
        "why": changed.why,
    }


def _file_json(asset: Asset) -> dict[str, Any]:
    names = ("path", "sha256", "bytes", "width", "height", "format")
    return {name: getattr(asset, name) for name in names}
