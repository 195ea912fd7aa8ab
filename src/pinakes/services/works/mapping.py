"""The work of making a map of the index that answers."""

from __future__ import annotations

from typing import Any

from pinakes.core.errors import NotFound, PinakesError
from pinakes.core.protocols import TextEmbedder
from pinakes.jobs.patience import patiently
from pinakes.jobs.turn import Turn, Work
from pinakes.search.mapping.map_maker import MapMaker
from pinakes.services.opened import Library
from pinakes.vectors.base import Collection

#: Kind of these jobs.
KIND = "map"


def asked_of(*, again: bool) -> dict[str, Any]:
    """What a job keeps of what was asked."""
    return {"again": True} if again else {}


def map_work(library: Library) -> Work:
    """Make what a job of kind `map` does: give every indexed picture a place, and store the map."""

    def work(turn: Turn) -> dict[str, Any]:
        turn.advance("finding axes", 0)
        return patiently(turn, lambda: _mapped(library, turn))

    return work


def _mapped(library: Library, turn: Turn) -> dict[str, Any]:
    collection = library.index.collection()
    if collection is None:
        raise NotFound("No picture is indexed yet.", remedy="Run `pinakes ingest FOLDER` first.")
    maker = MapMaker(library.engine, collection, texts=_texts(library, collection))
    made = maker.run(again=bool(turn.about.get("again")), watch=turn.advance)
    if made is None:
        raise NotFound("No picture is indexed yet.", remedy="Run `pinakes ingest FOLDER` first.")
    return {"assets": len(made.assets)}


def _texts(library: Library, collection: Collection) -> TextEmbedder | None:
    """The model's text side; a map is made without where it cannot be had."""
    try:
        embedder = library.index.embedder(collection.identity)
        there = embedder.identity
    except PinakesError:
        return None
    return embedder if isinstance(embedder, TextEmbedder) and there == collection.identity else None
