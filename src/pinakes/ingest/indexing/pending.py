"""The contents that a step has still to do, in the order of their paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, Select, and_, exists, func, literal, select

from pinakes.core.types import ModelIdentity
from pinakes.db.tables import assets, failures, features, indexed, texts
from pinakes.ingest.indexing.present import PRESENT, within
from pinakes.ingest.indexing.report import Step

#: Rows read at once; between two pages no transaction is open.
PAGE = 1000

#: Kind of text that a step writes, in the table of texts.
KINDS = {Step.CAPTION: "caption", Step.READ: "text"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A content to be read, where one of its copies lies, and its size in bytes."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Pending:
    """Contents of present assets below `folders` that `model` has not done in a step, nor refused.

    With `again_before`, a Unix time, what was refused before it is asked once more. What is in the index
    `placed_in` was done: its rows are a tenth of the size of embeddings, and are looked at first.
    """

    engine: Engine
    step: Step
    model: ModelIdentity
    folders: Sequence[str] | None
    again_before: float | None = None
    placed_in: str | None = None

    def count(self) -> int:
        """How many contents there are to do."""
        query = select(func.count(assets.c.sha256.distinct())).where(self._open())
        with self.engine.execution_options(readonly=True).connect() as connection:
            return int(connection.scalar(query) or 0)

    def __iter__(self) -> Iterator[Wanted]:
        """Each content once or, where it has copies, again as long as it is not done."""
        query, after = self._page(), ""
        while True:
            with self.engine.execution_options(readonly=True).connect() as connection:
                rows = connection.execute(query.where(assets.c.path > after))
                page = [Wanted(row.path, row.sha256, row.bytes) for row in rows]
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1].path

    def _page(self) -> Select[tuple[str, str, int]]:
        columns = (assets.c.path, assets.c.sha256, assets.c.bytes)
        return select(*columns).where(self._open()).order_by(assets.c.path).limit(PAGE)

    def _open(self) -> ColumnElement[bool]:
        undone = (~done_by(self.step, self.model), ~self._refused())
        if self.placed_in is None:
            return and_(PRESENT, within(self.folders), *undone)
        return and_(PRESENT, within(self.folders), ~stated(self.placed_in), *undone)

    def _refused(self) -> ColumnElement[bool]:
        refused = exists().where(
            failures.c.step == self.step,
            failures.c.model == self.model.key,
            failures.c.sha256 == assets.c.sha256,
        )
        return (
            refused if self.again_before is None else refused.where(failures.c.failed_at >= self.again_before)
        )


def done_by(
    step: Step, model: ModelIdentity, sha256: ColumnElement[str] = assets.c.sha256
) -> ColumnElement[bool]:
    """Condition: what the model makes of a content in a step is stored; by default that of an asset."""
    if step is Step.EMBED:
        return exists().where(
            features.c.model == model.name,
            features.c.revision == model.revision,
            features.c.preprocess == model.preprocess,
            features.c.sha256 == sha256,
        )
    return exists().where(texts.c.kind == KINDS[step], texts.c.model == model.key, texts.c.sha256 == sha256)


def stated(index: str, revision: str = "%") -> ColumnElement[bool]:
    """Condition on assets: the index was told of them with the content they have now, by this revision."""
    return exists().where(
        indexed.c.index == index,
        indexed.c.asset == assets.c.id,
        indexed.c.sha256 == assets.c.sha256,
        indexed.c.payload.like(f"{revision}:%"),
    )


def is_done(engine: Engine, step: Step, model: ModelIdentity, sha256: str) -> bool:
    """Whether what a model makes of one content is stored."""
    made = done_by(step, model, literal(sha256))
    with engine.execution_options(readonly=True).connect() as connection:
        return bool(connection.scalar(select(made)))
