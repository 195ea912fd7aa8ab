"""Answers in JSON: each hit with where its file lies and why it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Engine, select

from pinakes.db.tables import assets, contents
from pinakes.search.answer import Answer, Hit, Why

#: What is said of a file beside its asset.
_FILE = (
    assets.c.id,
    assets.c.path,
    assets.c.sha256,
    contents.c.width,
    contents.c.height,
    contents.c.format,
    contents.c.taken_at,
    contents.c.placeholder,
)

#: Assets asked for in one statement.
_AT_ONCE = 500


def answer_json(engine: Engine, answer: Answer, *, limit: int, offset: int) -> dict[str, Any]:
    """An answer as `schemas.search.SearchAnswer`; hits whose files went meanwhile are left out."""
    files = _files(engine, [hit.asset for hit in answer.hits])
    return {
        "hits": [_hit(hit, files[hit.asset], answer.terms) for hit in answer.hits if hit.asset in files],
        "total": answer.total,
        "limit": limit,
        "offset": offset,
        "line": None if answer.line is None else asdict(answer.line),
        "notes": [asdict(note) for note in answer.notes],
        "model": answer.model,
    }


def _files(engine: Engine, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    query = select(*_FILE).join(contents, contents.c.sha256 == assets.c.sha256)
    found: dict[int, dict[str, Any]] = {}
    with engine.execution_options(readonly=True).connect() as connection:
        for start in range(0, len(numbers), _AT_ONCE):
            some = query.where(assets.c.id.in_(numbers[start : start + _AT_ONCE]))
            found |= {row["id"]: dict(row) for row in connection.execute(some).mappings()}
    return found


def _hit(hit: Hit, file: dict[str, Any], terms: Sequence[str]) -> dict[str, Any]:
    return {
        "asset": hit.asset,
        **{name: value for name, value in file.items() if name != "id"},
        "score": hit.score,
        "relevant": hit.relevant,
        "why": _why(hit.why, terms),
    }


def _why(why: Why, terms: Sequence[str]) -> dict[str, Any]:
    like, found = why.likeness, why.found
    return {
        "likeness": like
        and {
            "score": like.score,
            "standing": like.standing,
            "terms": [
                {"term": term, "share": share} for term, share in zip(terms, like.by_term, strict=True)
            ],
        },
        "words": found
        and {
            "fields": [field.value for field in found.fields],
            "excerpt": found.excerpt,
            "marks": found.marks,
            "whole": found.whole,
        },
        "conditions": [{"field": each.field, "value": each.value} for each in why.conditions],
    }
