"""The guessing game over HTTP: a round is dealt, and an answer to it judged; nothing is kept between."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from pinakes.schemas.maps import GameGuess, GameRound, GameVerdict
from pinakes.search.mapping.game import Tokens
from pinakes.services.http.answers import Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.mapping.game import Game
from pinakes.services.opened import Library


def game_routes(library: Library) -> APIRouter:
    """Make the routes over an open library, without a prefix."""
    router = APIRouter(prefix="/game", tags=["game"], route_class=BoundedRoute)
    game, tokens = Game(library), Tokens()

    @router.get("", response_model=GameRound, summary="A round: for which word were these chosen?")
    def deal(
        seed: Annotated[int | None, Query(ge=0, description="The same number deals the same round.")] = None,
    ) -> Response:
        """Answer five pictures and four words, of which the model had one in mind."""
        found, by = game.dealt(seed)
        pictures = [{"asset": hit.payload["asset"], "sha256": hit.payload["sha256"]} for hit in found.hits]
        return Json({"pictures": pictures, "words": found.words, "token": tokens.issued(found), "by": by})

    @router.post("", response_model=GameVerdict, summary="Was it this word?")
    def judge(guess: GameGuess) -> Response:
        """Answer whether the word was right, and how near each was; the token says nothing before."""
        asked = tokens.opened(guess.token)
        return Json(
            {"right": guess.word == asked.right, "word": asked.right, "nearness": game.explained(asked)}
        )

    return router
