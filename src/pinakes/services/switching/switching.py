"""What can be done with the indexes of an open library; the routes and the command line both ask this."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select

from pinakes.core.errors import InvalidRequest, NotFound, WrongState
from pinakes.core.types import ModelIdentity
from pinakes.db.tables import assets, indexed, maps
from pinakes.search.library.history import remembered
from pinakes.search.searcher import Searcher
from pinakes.search.switching import choice
from pinakes.search.switching.census import census
from pinakes.search.switching.comparison import Comparison, Watch, compare
from pinakes.search.switching.side import Side
from pinakes.services.opened import Library
from pinakes.vectors.points import CollectionSummary

#: Bytes of one number of a vector.
FLOAT_BYTES = 4

#: How long a comparison waits for a model that has yet to be loaded, seconds.
PATIENCE = 120.0


class Switching:
    """The indexes of a library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def listed(self) -> list[dict[str, Any]]:
        """Every index as `schemas.switching.IndexState`."""
        return [self._state(summary) for summary in self._library.index.vectors.collections()]

    def use(self, named: str, *, incomplete: bool = False) -> dict[str, Any]:
        """Have an index answer from now on; its model is loaded first, so that no search waits for that.

        Raises:
            NotFound: there is no such index.
            WrongState: it lacks pictures, and `incomplete` was not said.
            PinakesError: its model cannot be loaded.
        """
        summary = self._found(named)
        lacking = census(self._library.engine, summary.identity).lacking
        if lacking and not incomplete:
            raise WrongState(
                f"The index {summary.name} lacks {lacking:,} pictures, which searches would not find.",
                remedy=f"Build it first (`pinakes index build {model_of(summary.identity)}`), or say "
                "--incomplete.",
            )
        return self._answering(summary)

    def back(self) -> dict[str, Any]:
        """Have the index answer that did before.

        Raises:
            NotFound: none did, or it is gone.
            PinakesError: its model cannot be loaded.
        """
        return self._answering(self._found(choice.before(self._library.engine)))

    def drop(self, named: str) -> dict[str, Any]:
        """Forget an index with its vectors; embeddings stay stored, so that building it again is quick.

        Raises:
            NotFound: there is no such index.
            WrongState: it answers searches.
        """
        summary = self._found(named)
        engine, index = self._library.engine, self._library.index
        if choice.chosen(engine).answering == summary.name:
            raise WrongState(
                f"The index {summary.name} answers searches and is not dropped.",
                remedy="Have another one answer first: `pinakes index use MODEL`.",
            )
        state = self._state(summary)
        choice.forget(engine, summary.name)
        index.let_go(summary.name)
        index.vectors.drop(summary.name)
        with engine.begin() as connection:
            connection.execute(delete(indexed).where(indexed.c.index == summary.name))
            connection.execute(delete(maps).where(maps.c.collection == summary.name))
        return state

    def compared(
        self, named: str, queries: Sequence[str], *, past: int, limit: int, watch: Watch | None = None
    ) -> dict[str, Any]:
        """How answers would change, as `schemas.switching.ComparisonAnswer`.

        Raises:
            NotFound: there is no such index, or none answers yet.
            InvalidRequest: it answers already, or there is no search to compare.
            PinakesError: a model cannot be loaded.
        """
        other, now = self._found(named), self._library.index.collection()
        if now is None:
            raise NotFound("No index answers yet.", remedy="Run `pinakes ingest FOLDER` first.")
        if now.identity == other.identity:
            raise InvalidRequest(f"The index {other.name} is the one that answers.")
        lines = list(dict.fromkeys((*queries, *remembered(self._library.engine, past))))
        if not lines:
            raise InvalidRequest(
                "There are no past searches to compare.", remedy='Name some: --query "a dog on a beach".'
            )
        found = compare(
            lines, self._searcher(now.identity), self._searcher(other.identity), limit=limit, watch=watch
        )
        return {
            "now": now.identity.key,
            "then": other.identity.key,
            **self._comparison_json(found),
        }

    def _answering(self, summary: CollectionSummary) -> dict[str, Any]:
        self._library.index.embedder(summary.identity)
        choice.use(self._library.engine, summary.name)
        return self._state(summary)

    def _searcher(self, identity: ModelIdentity) -> Searcher:
        index = self._library.index
        side = Side(index.words, index.vectors.create(identity), index.embedder(identity))
        return Searcher(self._library.engine, side, self._library.settings.images, patience=PATIENCE)

    def _found(self, named: str) -> CollectionSummary:
        every = self._library.index.vectors.collections()
        for fits in (_is_named, _is_model):
            found = [summary for summary in every if fits(summary, named)]
            if len(found) == 1:
                return found[0]
            if found:
                names = ", ".join(summary.name for summary in found)
                raise InvalidRequest(f"{named!a} may be any of {names}.", remedy="Name one of them.")
        names = ", ".join(model_of(summary.identity) for summary in every)
        raise NotFound(
            f"There is no index of {named!a}" + (f"; there are {names}." if names else "."),
            remedy=f"Build it with `pinakes index build {named}`.",
        )

    def _state(self, summary: CollectionSummary) -> dict[str, Any]:
        identity, chosen = summary.identity, choice.chosen(self._library.engine)
        counted = census(self._library.engine, identity)
        state = {chosen.answering: "answering", chosen.before: "before"}.get(summary.name, "beside")
        return {
            "name": summary.name,
            "model": identity.name,
            "revision": identity.revision,
            "preprocess": identity.preprocess,
            "dimensions": identity.dimensions,
            "state": state,
            "points": summary.points,
            "bytes": FLOAT_BYTES * summary.points * identity.dimensions,
            **asdict(counted),
            "lacking": counted.lacking,
        }

    def _comparison_json(self, found: Comparison) -> dict[str, Any]:
        hits = [hit for change in found.changes for hit in (*change.now, *change.then)]
        files = self._files(list({hit.asset for hit in hits}))
        told = asdict(found)
        for change in told["changes"]:
            for hit in (*change["now"], *change["then"]):
                hit |= files.get(hit["asset"], {"path": None, "sha256": None})
        return {"limit": found.limit, "overlap": found.overlap, "agreement": found.agreement} | {
            "searches": told["changes"]
        }

    def _files(self, numbers: Sequence[int]) -> dict[int, dict[str, str]]:
        query = select(assets.c.id, assets.c.path, assets.c.sha256)
        found: dict[int, dict[str, str]] = {}
        with self._library.reading() as connection:
            for start in range(0, len(numbers), 500):
                some = query.where(assets.c.id.in_(numbers[start : start + 500]))
                for number, path, sha256 in connection.execute(some):
                    found[number] = {"path": path, "sha256": sha256}
        return found


def model_of(identity: ModelIdentity) -> str:
    """The name by which a model and its revision are asked for."""
    return f"{identity.name}@{identity.revision}"


def _is_named(summary: CollectionSummary, named: str) -> bool:
    return summary.name == named


def _is_model(summary: CollectionSummary, named: str) -> bool:
    return (
        named in (summary.identity.name, model_of(summary.identity)) or _entry(named) == summary.identity.name
    )


def _entry(named: str) -> str | None:
    """The name of the registry's entry that goes by an alias."""
    from pinakes.models.registry.registry import registry

    with suppress(NotFound):
        entry = registry().get(named)
        return entry.name if entry else None
    return None
