"""The guessing game over HTTP: a round is dealt, and an answer to it judged; nothing is kept between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query
from numpy.typing import NDArray
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest, ModelUnusable
from pinakes.core.protocols import TextEmbedder
from pinakes.core.types import ModelIdentity, Refusal
from pinakes.models.registry.registry import DEFAULT
from pinakes.schemas.maps import GameGuess, GameRound, GameVerdict
from pinakes.search.mapping import stored
from pinakes.search.mapping.game import Round, Tokens, dealt
from pinakes.search.mapping.nouns import as_caption, nouns
from pinakes.services.answers import Json
from pinakes.services.bounded import BoundedRoute
from pinakes.services.opened import Library
from pinakes.vectors.base import Collection
from pinakes.vectors.naming import collection_name

#: Most words that a game is played with.
MOST_WORDS = 400


class Game:
    """Deals rounds of the index that answers; the words of a model are embedded once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._vectors: tuple[ModelIdentity, tuple[str, ...], NDArray[np.float32]] | None = None

    def dealt(self, seed: int | None) -> Round:
        """A round.

        Raises:
            ModelUnusable: the model of the library knows no words.
            InvalidRequest: there are too few pictures.
        """
        collection = self._library.index.collection()
        if collection is None:
            raise InvalidRequest("No picture is indexed yet.", remedy="Run `pinakes ingest FOLDER` first.")
        words, vectors = self._embedded(collection)
        return dealt(collection, words, vectors, rng=np.random.default_rng(seed))

    def _embedded(self, collection: Collection) -> tuple[tuple[str, ...], NDArray[np.float32]]:
        words = self._words(collection)
        kept = self._vectors
        if kept is None or kept[:2] != (collection.identity, words):
            self._vectors = kept = (collection.identity, words, self._asked(collection.identity, words))
        return kept[1], kept[2]

    def _words(self, collection: Collection) -> tuple[str, ...]:
        """The words of the map's regions, which are of this library, and plain nouns."""
        found = stored.read(self._library.engine, collection_name(collection.identity))
        own = [word for region in (found.about["regions"] if found else ()) for word in region["words"]]
        return tuple(dict.fromkeys((*own, *nouns())))[:MOST_WORDS]

    def _asked(self, identity: ModelIdentity, words: Sequence[str]) -> NDArray[np.float32]:
        embedder = self._library.index.embedder(identity)
        if not isinstance(embedder, TextEmbedder):
            raise _wordless(identity)
        try:
            answered = embedder.embed_texts([as_caption(word) for word in words])
        except InvalidRequest as error:
            raise _wordless(identity) from error
        if any(isinstance(each, Refusal) for each in answered):
            raise ModelUnusable(f"The model {identity.name} refused words.")
        return np.stack([each for each in answered if not isinstance(each, Refusal)])


def game_routes(library: Library) -> APIRouter:
    """Make the routes over an open library, without a prefix."""
    router = APIRouter(prefix="/game", tags=["game"], route_class=BoundedRoute)
    game, tokens = Game(library), Tokens()

    @router.get("", response_model=GameRound, summary="A round: for which word were these chosen?")
    def deal(
        seed: Annotated[int | None, Query(ge=0, description="The same number deals the same round.")] = None,
    ) -> Response:
        """Answer five pictures and four words, of which the model had one in mind."""
        found = game.dealt(seed)
        pictures = [{"asset": hit.payload["asset"], "sha256": hit.payload["sha256"]} for hit in found.hits]
        return Json({"pictures": pictures, "words": found.words, "token": tokens.issued(found)})

    @router.post("", response_model=GameVerdict, summary="Was it this word?")
    def judge(guess: GameGuess) -> Response:
        """Answer whether the word was right; the token of a round says nothing before."""
        right = tokens.right(guess.token)
        return Json({"right": guess.word == right, "word": right})

    return router


def _wordless(identity: ModelIdentity) -> ModelUnusable:
    return ModelUnusable(
        f"The model {identity.name} knows pictures and no words, so that it has none in mind.",
        remedy=f"Get one that does with `pinakes models pull {DEFAULT}`, and build its index with "
        f"`pinakes index build {DEFAULT}`.",
    )
