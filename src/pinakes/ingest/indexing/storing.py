"""Rows of what models made of contents, and of what they refused; each write whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Mapping

from sqlalchemy import Engine, delete
from sqlalchemy.dialects.sqlite import Insert, insert

from pinakes.core.types import ModelIdentity, Refusal, Row, Vector
from pinakes.db.tables import failures, features, texts
from pinakes.ingest.doubts import doubt
from pinakes.ingest.indexing.pending import KINDS
from pinakes.ingest.indexing.report import Step
from pinakes.ingest.indexing.targets import WORDS

#: What a step makes of one content.
Made = Vector | str


def store(
    engine: Engine, step: Step, model: ModelIdentity, made: Mapping[str, Made], refused: Mapping[str, Refusal]
) -> None:
    """Store what a step made and refused, by SHA-256 of the contents, in one transaction."""
    with engine.begin() as connection:
        if made and step is Step.EMBED:
            connection.execute(insert(features).on_conflict_do_nothing(), _features(model, made))
        elif made:
            connection.execute(_replacing_texts(), _texts(step, model, made))
            doubt(connection, list(made), index=WORDS)
        if made:
            forgotten = failures.c.sha256.in_(list(made)), failures.c.step == step
            connection.execute(delete(failures).where(*forgotten, failures.c.model == model.key))
        if refused:
            connection.execute(_counting_failures(), _failures(step, model, refused))


def _features(model: ModelIdentity, made: Mapping[str, Made]) -> list[Row]:
    key = {"model": model.name, "revision": model.revision, "preprocess": model.preprocess}
    return [
        {**key, "sha256": sha256, "value": vector.astype("<f4").tobytes()}
        for sha256, vector in made.items()
        if not isinstance(vector, str)
    ]


def _texts(step: Step, model: ModelIdentity, made: Mapping[str, Made]) -> list[Row]:
    key = {"kind": KINDS[step], "model": model.key}
    return [{**key, "sha256": sha256, "value": text} for sha256, text in made.items()]


def _replacing_texts() -> Insert:
    statement = insert(texts)
    return statement.on_conflict_do_update(
        index_elements=["kind", "model", "sha256"], set_={"value": statement.excluded["value"]}
    )


def _failures(step: Step, model: ModelIdentity, refused: Mapping[str, Refusal]) -> list[Row]:
    key = {"step": step.value, "model": model.key, "attempts": 1, "failed_at": time.time()}
    return [
        {**key, "sha256": sha256, "reason": refusal.reason, "detail": refusal.detail}
        for sha256, refusal in refused.items()
    ]


def _counting_failures() -> Insert:
    statement = insert(failures)
    new = {name: statement.excluded[name] for name in ("reason", "detail", "failed_at")}
    return statement.on_conflict_do_update(
        index_elements=["step", "model", "sha256"], set_={**new, "attempts": failures.c.attempts + 1}
    )
