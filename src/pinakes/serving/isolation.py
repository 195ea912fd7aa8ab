"""Calling a model so that one picture it cannot bear fails alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pinakes.core import logging
from pinakes.core.errors import ModelFailed
from pinakes.core.protocols import Embedder
from pinakes.core.types import Reason, Refusal
from pinakes.serving.request import Outcome


def embed_isolating(embedder: Embedder, images: Sequence[bytes]) -> list[Outcome]:
    """Embed pictures, one outcome each, whatever the model does.

    A call that raises, or answers another number of outcomes, is repeated on each half of its pictures
    until the ones at fault stand alone; those become a `Refusal` with `Reason.MODEL_FAILED`. Every other
    picture gets its vector. A model that fails on everything costs 2 n - 1 calls for n pictures.
    """
    try:
        return _checked(embedder, images)
    except Exception as error:
        if len(images) == 1:
            logging.get("serving").error("model-failed", nbytes=len(images[0]), exc_info=error)
            return [
                Refusal(Reason.MODEL_FAILED, f"The model failed on this picture ({type(error).__name__}).")
            ]
    middle = len(images) // 2
    return embed_isolating(embedder, images[:middle]) + embed_isolating(embedder, images[middle:])


def _checked(embedder: Embedder, images: Sequence[bytes]) -> list[Outcome]:
    outcomes = embedder.embed(images)
    if len(outcomes) != len(images):
        raise ModelFailed(f"The model answered {len(outcomes)} outcomes for {len(images)} pictures.")
    return [_sound(outcome, embedder.identity.dimensions) for outcome in outcomes]


def _sound(outcome: Outcome, dimensions: int) -> Outcome:
    """Return the outcome, or a refusal in place of a vector that is misshapen or not finite."""
    if isinstance(outcome, Refusal):
        return outcome
    if outcome.shape == (dimensions,) and np.isfinite(outcome).all():
        return outcome
    return Refusal(Reason.MODEL_FAILED, "The model answered numbers that are no embedding.")
