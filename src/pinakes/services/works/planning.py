"""The work of planning what a decision over very many groups or pictures would change; no file is touched."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from pinakes.core.errors import NotFound
from pinakes.core.types import Tier
from pinakes.db.tables import groups as group_rows
from pinakes.db.tables import reviews as review_rows
from pinakes.duplicates import keeper, reviews
from pinakes.duplicates.resolution import plan
from pinakes.duplicates.scope import portions
from pinakes.duplicates.types import DuplicateGroup
from pinakes.jobs.patience import patiently
from pinakes.jobs.turn import Turn, Work
from pinakes.schemas.resolve import ResolveRequest
from pinakes.services.opened import Library
from pinakes.services.works import kept_plans, letting_go
from pinakes.services.works.letting_go import Watch, unwatched
from pinakes.services.works.plan_files import KeptPlan

#: Kind of these jobs.
KIND = "plan"

#: Groups or pictures that are planned within a request; more are planned by a job.
MOST_AT_ONCE = 1000

#: Groups that are read at a time.
_PAGE = 500


def plan_work(library: Library) -> Work:
    """Make what a job of kind `plan` does: plan what was asked under the plan's name, and keep it."""

    def work(turn: Turn) -> dict[str, Any]:
        kept = patiently(turn, lambda: made(library, turn, turn.about["plan"]))
        return {"changes": kept.changes, "bytes": kept.bytes_reclaimed, "verbs": kept.counts}

    return work


def made(library: Library, turn: Turn, name: str) -> KeptPlan:
    """The plan of that name as it is kept, or made now from what was asked under it.

    Raises:
        NotFound: neither is there.
        Forbidden: it would change a folder outside of the roots.
        JobStopped: the job shall end.
    """
    state = library.settings.state
    kept = kept_plans.find(state, name)
    if kept is not None:
        return kept
    turn.advance("looking at files", 0)
    question = kept_plans.asked(state, name)
    if "assets" in question:
        looked = letting_go.look(library, question["assets"], turn.advance)
        return kept_plans.keep(state, name, looked.plan)
    asked = ResolveRequest.model_validate(question)
    return kept_plans.keep(state, name, plan_of_groups(library, asked, turn.advance), review=asked.review)


def is_large(library: Library, asked: ResolveRequest) -> bool:
    """Whether so many groups are asked about that a job plans them; costs a look at that many at most."""
    if asked.review is None:
        return len(asked.groups) > MOST_AT_ONCE
    query = select(group_rows.c.position).where(group_rows.c.review == asked.review)
    if asked.tier is not None:
        query = query.where(group_rows.c.tier == asked.tier)
    with library.reading() as connection:
        return len(connection.scalars(query.limit(MOST_AT_ONCE + 1)).all()) > MOST_AT_ONCE


def plan_of_groups(library: Library, asked: ResolveRequest, watch: Watch = unwatched) -> plan.Plan:
    """Plan what is asked of groups, without carrying it out.

    Raises:
        NotFound: there is no such review or group.
        InvalidRequest: a rule or a path that shall stay is none.
        Forbidden: a folder outside of the roots would be changed.
    """
    scopes = _scopes(library, asked)
    references = [folder for scope in scopes for folder in scope["references"]]
    rules = _rules(asked, scopes)
    made = plan.make(
        list(_groups(library, asked, watch)),
        verb=None if asked.verb is None else plan.Verb(asked.verb),
        keep=asked.keep,
        references=[*asked.references, *references],
        rules=rules,
        anew=bool(asked.rules),
    )
    confine(library, made)
    return made


def confine(library: Library, made: plan.Plan) -> None:
    """Refuse a plan that would change a folder outside of the roots.

    Raises:
        Forbidden: naming the folder.
    """
    changed = {os.path.dirname(item.asset.path) for item in made.items if item.verb.removes}  # noqa: PTH120
    if changed:
        library.confined(tuple(sorted(changed)))


def _rules(asked: ResolveRequest, scopes: Sequence[dict[str, Any]]) -> tuple[keeper.Rule, ...]:
    if asked.rules:
        return keeper.read_rules(asked.rules)
    said = scopes[0]["rules"] if scopes else []
    return keeper.read_rules(said) if said else keeper.DEFAULT_RULES


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
        for names in portions(asked.groups):
            query = (
                select(review_rows.c.id, review_rows.c.scope)
                .join(group_rows, group_rows.c.review == review_rows.c.id)
                .where(group_rows.c.id.in_(names))
                .order_by(review_rows.c.made_at.desc())
                .distinct()
            )
            scopes.update((name, scope) for name, scope in connection.execute(query))
    return list(scopes.values())


def _groups(library: Library, asked: ResolveRequest, watch: Watch) -> Iterator[DuplicateGroup]:
    if asked.review is None:
        yield from reviews.named(library.engine, asked.groups)
        return
    tier = None if asked.tier is None else Tier(asked.tier)
    places = reviews.undecided(library.engine, asked.review, tier)
    for start in range(0, len(places), _PAGE):
        watch("reading groups", start, len(places))
        yield from reviews.at(library.engine, asked.review, places[start : start + _PAGE]).values()
    watch("deciding", 0, len(places))
