"""Arithmetic of what was asked: several vectors with plus, minus and weights become one direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.core.errors import InvalidRequest
from pinakes.core.types import Vector

#: Length of a sum below which its terms cancel one another and no direction is left.
LEAST_LENGTH = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """What several terms ask for together.

    Attributes:
        vector: float32 (dimensions,), length 1: what an index is asked for.
        length: by which a cosine with `vector` is multiplied to be the sum of the terms.
        terms: float32 (terms, dimensions), each of length 1.
        weights: float32 (terms,), below 0 for what to be unlike.
    """

    vector: Vector
    length: float
    terms: NDArray[np.float32]
    weights: NDArray[np.float32]

    def scores(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Sum of weight times cosine for each of the unit-length rows, float32 (rows,)."""
        return np.asarray(vectors @ self.vector * np.float32(self.length), dtype=np.float32)

    def shares(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """What each term adds to the score of each unit-length row, float32 (rows, terms)."""
        return np.asarray(vectors @ self.terms.T * self.weights, dtype=np.float32)


def direction(terms: Sequence[tuple[float, Vector]]) -> Direction:
    """Add weighted unit-length vectors up: a picture's score is the sum of weight times cosine.

    The same sum that the rankings recorded from rclip obey to the last digit they print. Since it is linear,
    one question to the index answers it exactly, and each term's share in a score can be told.

    Raises:
        InvalidRequest: the terms cancel one another out.
    """
    weights = np.array([weight for weight, _ in terms], dtype=np.float32)
    rows = np.stack([_unit(vector) for _, vector in terms])
    total = weights.astype(np.float64) @ rows.astype(np.float64)
    length = float(np.linalg.norm(total))
    if length < LEAST_LENGTH:
        raise InvalidRequest(
            "What is to be alike and what is to be unlike cancel one another out.",
            remedy="Change a weight, or leave one of them out.",
        )
    return Direction((total / length).astype(np.float32), length, rows, weights)


def _unit(vector: Vector) -> Vector:
    wide = vector.astype(np.float64)
    return np.asarray(wide / np.linalg.norm(wide), dtype=np.float32)
