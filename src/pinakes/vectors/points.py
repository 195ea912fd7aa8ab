"""What a collection holds and what it answers: points, hits, and the ids that pictures get."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from pinakes.core.payload import Payload
from pinakes.core.types import ModelIdentity, Vector

#: Namespace of point ids; changing it would give every picture another id.
NAMESPACE = UUID("5d1c3f52-6a3e-4f0b-9d55-2f6f5b1b7c11")


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """One asset's embedding: float32 vector of Euclidean length 1, shape (dimensions,), and its payload."""

    id: UUID
    vector: Vector
    payload: Payload


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of a query; `score` is the cosine of the two vectors, higher is better."""

    id: UUID
    score: float
    payload: Payload


@dataclass(frozen=True, slots=True)
class CollectionSummary:
    """A collection in a list: its name, whose embeddings it holds, and how many points."""

    name: str
    identity: ModelIdentity
    points: int


def point_id(sha256: str, asset: int) -> UUID:
    """Id of an asset's point: the same for the same bytes at the same asset, whenever it is computed."""
    return uuid5(NAMESPACE, f"{sha256}/{asset}")
