"""What every driver refuses at its door, so that all refuse the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

import numpy as np

from pinakes.core.errors import InvalidRequest, TooLarge
from pinakes.core.payload import Schema
from pinakes.core.types import ModelIdentity, Vector
from pinakes.vectors.points import Point

#: Most hits of a query, and most points of one page.
MOST_HITS = 10_000

#: Most points in one call of upsert, retrieve, delete or set_payload.
MOST_POINTS = 10_000

#: Most folders a question may name; beyond, they are no longer a list to send with each question.
MOST_FOLDERS = 100_000

#: How far a vector's length may be from 1.
TOLERANCE = 1e-3

Item = TypeVar("Item")


def checked_points(points: Sequence[Point], identity: ModelIdentity, schema: Schema) -> list[Point]:
    """Points in the form that drivers keep; of several with one id the last stays.

    Raises:
        TooLarge: there are more than `MOST_POINTS`.
        InvalidRequest: a vector or a payload is not as the collection takes them.
    """
    check_number(points)
    last = {point.id: point for point in points}
    return [
        Point(_checked_id(key), checked_vector(point.vector, identity), schema.checked(point.payload))
        for key, point in last.items()
    ]


def checked_vector(vector: Any, identity: ModelIdentity) -> Vector:
    """The vector as float32, shape (dimensions,).

    Raises:
        InvalidRequest: its shape is another, or its length is not 1; the message names the model.
    """
    array: Vector = np.ascontiguousarray(vector, dtype=np.float32)
    if array.shape != (identity.dimensions,):
        raise InvalidRequest(
            f"A vector of shape {array.shape} is not one of {identity.key}, "
            f"which gives ({identity.dimensions},).",
            remedy="Each model has a collection of its own.",
        )
    length = float(np.linalg.norm(array.astype(np.float64)))
    if not abs(length - 1) <= TOLERANCE:
        raise InvalidRequest(f"A vector has length {length:.4g}; embeddings have length 1.")
    return array


def check_number(items: Sequence[Any]) -> None:
    """Refuse more than `MOST_POINTS` in one call with `TooLarge`."""
    if len(items) > MOST_POINTS:
        raise TooLarge(f"{len(items):,} points in one call; at most {MOST_POINTS:,} are taken.")


def batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of at most `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _checked_id(key: Any) -> UUID:
    if not isinstance(key, UUID):
        raise InvalidRequest(f"{key!r} is no id of a point; ids are UUIDs, made by `point_id`.")
    return key
