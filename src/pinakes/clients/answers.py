"""What an inference service answers, believed only when all of it fits together."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from pinakes.clients.connection import Reply
from pinakes.core.errors import ProtocolViolation
from pinakes.core.types import ModelIdentity, Reason, Refusal, Vector
from pinakes.schemas.embeddings import RefusedImage

#: Media type of the binary answer: float32, little-endian, one row per picture.
RAW = "application/octet-stream"

#: Largest departure of an embedding's Euclidean length from 1.
LENGTH_TOLERANCE = 1e-3

#: Makes the error for an answer that breaks the contract, from what is wrong with it.
Violation = Callable[[str], ProtocolViolation]


def identity_of_health(reply: Reply, violation: Violation) -> ModelIdentity:
    """Return the model that a healthy service says it serves, or raise the violation."""
    try:
        health: Any = json.loads(reply.body)
        if health["status"] != "healthy":
            raise violation(f"the status {health['status']!r}")
        name, revision, preprocess = health["model"], health["revision"], health["preprocess"]
        dimensions = health["dimensions"]
    except (ValueError, KeyError, TypeError) as error:
        raise violation(f"a health answer that is none ({reply.media_type or 'no media type'})") from error
    named = all(isinstance(word, str) and word for word in (name, revision, preprocess))
    if not named or not isinstance(dimensions, int) or dimensions < 1:
        raise violation("a health answer whose model has no proper name or dimensions")
    return ModelIdentity(name, revision, preprocess, dimensions)


def outcomes_of(
    reply: Reply, count: int, identity: ModelIdentity, violation: Violation
) -> list[Vector | Refusal]:
    """Return one outcome per picture from a binary answer or a problem, or raise the violation.

    The answer must be of the model `identity`, have `count` rows, and each row that is not refused must
    be finite and of length 1.
    """
    problem = reply.problem()
    if problem is not None:
        return _all_refused(problem.refused or [], count, violation)
    if reply.media_type != RAW:
        raise violation(f"embeddings as {reply.media_type or 'no media type'}, not {RAW}")
    _refuse_other_model(reply, identity, violation)
    if len(reply.body) != 4 * count * identity.dimensions:
        raise violation(f"{len(reply.body):,} bytes for {count} embeddings of {identity.dimensions} numbers")
    rows = np.frombuffer(reply.body, dtype="<f4").reshape(count, identity.dimensions)
    refused = _refusals(reply.headers.get("x-pinakes-refused", ""), count, violation)
    return [
        refused[index] if index in refused else _unit(row.astype(np.float32), violation)
        for index, row in enumerate(rows)
    ]


def _refuse_other_model(reply: Reply, identity: ModelIdentity, violation: Violation) -> None:
    parts = ("model", "revision", "preprocess", "dimensions")
    name, revision, preprocess, dimensions = (reply.headers.get(f"x-pinakes-{part}", "") for part in parts)
    if not (name and revision and preprocess and dimensions.isascii() and dimensions.isdigit()):
        raise violation("embeddings that name no model")
    other = ModelIdentity(name, revision, preprocess, int(dimensions))
    if other != identity:
        raise ProtocolViolation(
            f"The service changed its model in the middle of the run, from {identity.key} to {other.key}.",
            remedy="Run again, so that all embeddings come from one model.",
        )


def _refusals(header: str, count: int, violation: Violation) -> dict[int, Refusal]:
    """Parse "3:truncated,7:empty"."""
    refused = {}
    for entry in filter(None, header.split(",")):
        index, _, reason = entry.partition(":")
        if not (index.isascii() and index.isdigit() and int(index) < count):
            raise violation("refusals of pictures that were not sent")
        refused[int(index)] = Refusal(_reason(reason), f"The inference service refused it: {reason}.")
    return refused


def _all_refused(entries: list[RefusedImage], count: int, violation: Violation) -> list[Vector | Refusal]:
    if [entry.index for entry in entries] != list(range(count)):
        raise violation(f"refusals for {len(entries)} pictures of {count}")
    return [Refusal(_reason(entry.reason), entry.detail) for entry in entries]


def _reason(word: str) -> Reason:
    """Return the reason a service gave; one of a later version is a failure without a nearer name."""
    try:
        return Reason(word)
    except ValueError:
        return Reason.UNREADABLE


def _unit(row: Vector, violation: Violation) -> Vector:
    length = float(np.linalg.norm(row))
    if not abs(length - 1.0) <= LENGTH_TOLERANCE:  # also catches what is not finite
        raise violation(f"an embedding of length {length:.3g}, not 1")
    return row
