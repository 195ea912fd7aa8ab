"""Reviews kept in the library, so that pages of groups open at once and resolving can name a group."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Engine, delete, insert, select

from pinakes.core.errors import NotFound
from pinakes.core.types import Row, Tier
from pinakes.db.tables import groups as group_rows
from pinakes.db.tables import reviews as review_rows
from pinakes.duplicates.finder import Question, Review, removable
from pinakes.duplicates.resolution.decisions import Decisions
from pinakes.duplicates.scope import assets_at, portions, reading
from pinakes.duplicates.types import DuplicateGroup, Member, Stack

#: Groups written at a time.
_BATCH = 1000


def review_id(question: Question) -> str:
    """The name of the review that answers a question: the same question replaces its last answer."""
    return hashlib.sha256(json.dumps(_scope(question), sort_keys=True).encode()).hexdigest()[:16]


def save(engine: Engine, review: Review) -> str:
    """Store a review in place of the last one of the same question; returns its id."""
    name = review_id(review.question)
    files, size = removable(review.groups)
    row = {
        "id": name,
        "scope": _scope(review.question),
        "made_at": time.time(),
        "counts": {
            "pictures": review.pictures,
            "groups": len(review.groups),
            "removable": files,
            "bytes": size,
        },
        "stacks": [stack_json(stack) for stack in review.stacks],
    }
    with engine.begin() as connection:
        connection.execute(delete(group_rows).where(group_rows.c.review == name))
        connection.execute(delete(review_rows).where(review_rows.c.id == name))
        connection.execute(insert(review_rows), [row])
        for start in range(0, len(review.groups), _BATCH):
            batch = enumerate(review.groups[start : start + _BATCH], start=start)
            connection.execute(insert(group_rows), [_group_row(name, n, group) for n, group in batch])
    return name


def made_at(engine: Engine, review: str) -> float:
    """When a review was made, Unix time.

    Raises:
        NotFound: it is not there, or not made yet.
    """
    with reading(engine) as connection:
        made = connection.scalar(select(review_rows.c.made_at).where(review_rows.c.id == review))
    if made is None:
        raise NotFound(f"There is no review {review!a}.", remedy="POST /api/v1/reviews makes one.")
    return float(made)


def page(
    engine: Engine, review: str, *, tier: Tier | None = None, after: int = -1, limit: int = 100
) -> list[tuple[int, DuplicateGroup]]:
    """Up to `limit` groups of a review after position `after`, with their positions."""
    query = select(group_rows).where(group_rows.c.review == review, group_rows.c.position > after)
    if tier is not None:
        query = query.where(group_rows.c.tier == tier)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(group_rows.c.position).limit(limit)).mappings().all()
    found = list(_groups(engine, [dict(row) for row in rows]))
    positions = {row["id"]: row["position"] for row in rows}
    return [(positions[group.id], group) for group in found]


def at(engine: Engine, review: str, positions: Sequence[int]) -> dict[str, DuplicateGroup]:
    """The groups at some positions of a review, by id; those without a file that is there are left out."""
    rows: list[Row] = []
    with reading(engine) as connection:
        for places in portions(positions):
            query = select(group_rows).where(group_rows.c.review == review, group_rows.c.position.in_(places))
            query = query.order_by(group_rows.c.position)
            rows += [dict(row) for row in connection.execute(query).mappings()]
    return {group.id: group for group in _groups(engine, rows)}


def undecided(engine: Engine, review: str, tier: Tier | None = None) -> list[int]:
    """Positions of the groups of a review, or of those of one tier, ascending.

    Those are left out over which a person gave a verdict since the review was made: that all are kept, are no
    duplicates, or a stack.

    Raises:
        NotFound: the review is not there, or not made yet.
    """
    decisions = Decisions(engine)
    decisions.read()
    decided = decisions.verdicts(made_at(engine, review))
    query = select(group_rows.c.position, group_rows.c.id).where(group_rows.c.review == review)
    if tier is not None:
        query = query.where(group_rows.c.tier == tier)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(group_rows.c.position))
        return [position for position, name in rows if name not in decided]


def named(engine: Engine, ids: Sequence[str]) -> list[DuplicateGroup]:
    """The groups of these ids from the newest review that has each, as their files are now.

    Raises:
        NotFound: no review has such a group.
    """
    found: dict[str, Row] = {}
    with reading(engine) as connection:
        for names in portions(ids):
            query = (
                select(group_rows)
                .join(review_rows, review_rows.c.id == group_rows.c.review)
                .where(group_rows.c.id.in_(names))
                .order_by(review_rows.c.made_at)
            )
            found.update({row["id"]: dict(row) for row in connection.execute(query).mappings()})
    missing = next((name for name in ids if name not in found), None)
    if missing is not None:
        raise NotFound(
            f"There is no group {missing!r}.",
            remedy="Run `pinakes duplicates` again and use an id that it prints.",
        )
    return list(_groups(engine, [found[name] for name in dict.fromkeys(ids)]))


def newest_with(engine: Engine, group: str) -> str:
    """The newest review that has a group.

    Raises:
        NotFound: none has.
    """
    query = (
        select(review_rows.c.id)
        .join(group_rows, review_rows.c.id == group_rows.c.review)
        .where(group_rows.c.id == group)
        .order_by(review_rows.c.made_at.desc())
        .limit(1)
    )
    with reading(engine) as connection:
        found = connection.scalar(query)
    if found is None:
        raise NotFound(f"There is no group {group!r}.", remedy="List the groups again.")
    return str(found)


def as_json(review: Review) -> dict[str, Any]:
    """The review in the form that the command line and the API write; the same for the same library."""
    files, size = removable(review.groups)
    tiers = {tier.value: sum(group.tier is tier for group in review.groups) for tier in review.question.tiers}
    return {
        "groups": [group_json(group) for group in review.groups],
        "stacks": [stack_json(stack) for stack in review.stacks],
        "refused": [],
        "counts": {
            "pictures": review.pictures,
            "groups": len(review.groups),
            "duplicates": files,
            "reclaimable_bytes": size,
            "groups_by_tier": tiers,
        },
    }


def group_json(group: DuplicateGroup) -> dict[str, Any]:
    """One group as JSON values; the kept asset comes first."""
    return {
        "id": group.id,
        "tier": group.tier.value,
        "keep": group.keep.path,
        "why": group.why,
        "reclaimable_bytes": group.reclaimable,
        "assets": [_member_json(member) for member in group.members],
    }


def stack_json(stack: Stack) -> dict[str, Any]:
    """A stack as JSON values."""
    return {"id": stack.id, "kind": stack.kind, "paths": list(stack.paths)}


def _member_json(member: Member) -> dict[str, Any]:
    asset = member.asset
    return {
        "path": asset.path,
        "sha256": asset.sha256,
        "bytes": asset.bytes,
        "width": asset.width,
        "height": asset.height,
        "format": asset.format,
        "tier": member.tier.value,
        "score": member.score,
        "evidence": {"method": member.method, **member.detail},
    }


def _group_row(review: str, position: int, group: DuplicateGroup) -> Row:
    members = [
        {"path": m.asset.path, "tier": m.tier, "score": m.score, "method": m.method, "detail": m.detail}
        for m in group.members
    ]
    return {
        "review": review,
        "position": position,
        "id": group.id,
        "tier": group.tier,
        "reclaimable": group.reclaimable,
        "body": {"why": group.why, "members": members},
    }


def _groups(engine: Engine, rows: Sequence[Row]) -> Iterator[DuplicateGroup]:
    """Groups from their rows; members that are not there any more are left out, and groups without any."""
    paths = [member["path"] for row in rows for member in row["body"]["members"]]
    found = assets_at(engine, paths)
    for row in rows:
        members = tuple(
            Member(found[m["path"]], Tier(m["tier"]), m["score"], m["method"], m["detail"])
            for m in row["body"]["members"]
            if m["path"] in found
        )
        if members:
            yield DuplicateGroup(row["id"], Tier(row["tier"]), members[0].asset, row["body"]["why"], members)


def _scope(question: Question) -> dict[str, Any]:
    return {
        "folders": list(question.folders),
        "tiers": [tier.value for tier in question.tiers],
        "presets": {tier.value: name for tier, name in sorted(question.presets.items())},
        "rules": [str(rule) for rule in question.rules],
        "references": list(question.references),
    }
