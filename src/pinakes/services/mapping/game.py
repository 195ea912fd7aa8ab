"""Deals and explains rounds of the guessing game, with the words that the model, or the map, knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from pinakes.core.errors import InvalidRequest, ModelUnusable
from pinakes.core.protocols import TextEmbedder
from pinakes.core.types import ModelIdentity, Refusal
from pinakes.db.tables import indexed
from pinakes.models.registry.registry import DEFAULT
from pinakes.search.mapping import stored
from pinakes.search.mapping.game import WORDS, Opened, Round, dealt, nearness
from pinakes.search.mapping.nouns import as_caption, nouns
from pinakes.services.opened import Library
from pinakes.vectors.base import Collection
from pinakes.vectors.naming import collection_name
from pinakes.vectors.points import point_id

#: Most words that a game is played with.
MOST_WORDS = 400

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """Words of one model with their embeddings, float32 (n, d), and whose they are."""

    identity: ModelIdentity
    words: tuple[str, ...]
    vectors: Floats
    by: Literal["words", "regions"]


class Game:
    """Deals rounds of the index that answers; the words of a model are embedded once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept: tuple[tuple[str, ...], _Words] | None = None

    def dealt(self, seed: int | None) -> tuple[Round, str]:
        """A round, and whose words it is played with.

        Raises:
            ModelUnusable: the model of the library knows no words, and its map has none either.
            InvalidRequest: there are too few pictures.
        """
        collection = self._collection()
        known = self._known(collection)
        found = dealt(collection, known.words, known.vectors, rng=np.random.default_rng(seed))
        return found, known.by

    def explained(self, opened: Opened) -> list[dict[str, Any]]:
        """How near each word of a round was to its pictures; empty where the words changed meanwhile."""
        collection = self._collection()
        known = self._known(collection)
        places = {word: place for place, word in enumerate(known.words)}
        if not all(word in places for word in opened.words):
            return []
        vectors = known.vectors[[places[word] for word in opened.words]]
        cosines = nearness(collection, opened.points, vectors).round(4).tolist()
        return [{"word": word, "cosines": row} for word, row in zip(opened.words, cosines, strict=True)]

    def _collection(self) -> Collection:
        collection = self._library.index.collection()
        if collection is None:
            raise InvalidRequest("No picture is indexed yet.", remedy="Run `pinakes ingest FOLDER` first.")
        return collection

    def _known(self, collection: Collection) -> _Words:
        regions = self._regions(collection)
        own = tuple(dict.fromkeys(word for region in regions for word in region["words"]))
        if self._kept is None or self._kept[0] != own or self._kept[1].identity != collection.identity:
            words = tuple(dict.fromkeys((*own, *nouns())))[:MOST_WORDS]
            self._kept = (own, self._spoken(collection, words) or self._placed(collection, regions))
        return self._kept[1]

    def _regions(self, collection: Collection) -> Sequence[dict[str, Any]]:
        found = stored.read(self._library.engine, collection_name(collection.identity))
        return found.about["regions"] if found else ()

    def _spoken(self, collection: Collection, words: tuple[str, ...]) -> _Words | None:
        """Words as the model embeds them; None where it knows none."""
        embedder = self._library.index.embedder(collection.identity)
        if not isinstance(embedder, TextEmbedder):
            return None
        try:
            answered = embedder.embed_texts([as_caption(word) for word in words])
        except InvalidRequest:
            return None
        if any(isinstance(each, Refusal) for each in answered):
            raise ModelUnusable(f"The model {collection.identity.name} refused words.")
        vectors = np.stack([each for each in answered if not isinstance(each, Refusal)])
        return _Words(collection.identity, words, vectors, "words")

    def _placed(self, collection: Collection, regions: Sequence[dict[str, Any]]) -> _Words:
        """The first word of each region, standing for the mean of the pictures that stand for it."""
        named = {region["words"][0]: region["assets"] for region in reversed(regions) if region["words"]}
        means = {
            word: mean for word, own in named.items() if (mean := self._mean(collection, own)) is not None
        }
        if len(means) < WORDS:
            raise _wordless(collection.identity)
        return _Words(collection.identity, tuple(means), np.stack(list(means.values())), "regions")

    def _mean(self, collection: Collection, numbers: Sequence[int]) -> Floats | None:
        query = select(indexed.c.asset, indexed.c.sha256).where(
            indexed.c.index == collection_name(collection.identity), indexed.c.asset.in_(numbers)
        )
        with self._library.reading() as connection:
            ids = [point_id(row.sha256, row.asset) for row in connection.execute(query)]
        vectors = [point.vector for point in collection.retrieve(ids)]
        if not vectors:
            return None
        mean = np.mean(vectors, axis=0)
        unit: Floats = (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)
        return unit


def _wordless(identity: ModelIdentity) -> ModelUnusable:
    return ModelUnusable(
        f"The model {identity.name} knows pictures and no words, so that it has none in mind.",
        remedy=f"Get one that does with `pinakes models pull {DEFAULT}`, and build its index with "
        f"`pinakes index build {DEFAULT}`.",
    )
