"""Searches that were made here, kept so that another model can be compared on them; they go nowhere else."""

from __future__ import annotations

import time

from sqlalchemy import Engine, delete, insert, select

from pinakes.core.errors import InvalidRequest
from pinakes.db.tables import searches
from pinakes.search.language import written
from pinakes.search.question import Question


def remember(engine: Engine, question: Question, *, keep: int) -> None:
    """Keep a question as the line that asks it, the newest `keep` of them; the same line is kept once.

    Questions that only list, and those with a picture from outside the library, are not kept.
    """
    if keep <= 0 or not question.terms:
        return
    try:
        line = written(question)
    except InvalidRequest:
        return
    asked = {"text": line}
    with engine.begin() as connection:
        connection.execute(delete(searches).where(searches.c.question == asked))
        connection.execute(insert(searches).values(asked_at=time.time(), question=asked))
        newest = select(searches.c.id).order_by(searches.c.id.desc()).limit(keep)
        connection.execute(delete(searches).where(searches.c.id.not_in(newest)))


def remembered(engine: Engine, limit: int) -> list[str]:
    """The lines of past searches, newest first."""
    query = select(searches.c.question).order_by(searches.c.id.desc()).limit(limit)
    with engine.execution_options(readonly=True).connect() as connection:
        return [str(row["text"]) for row in connection.execute(query).scalars()]


def forget(engine: Engine) -> None:
    """Forget all past searches."""
    with engine.begin() as connection:
        connection.execute(delete(searches))
