"""What an inference service answers, believed only when all of it fits together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pinakes.clients.exchange import Reply
from pinakes.clients.protocols.base import Labelled, Served
from pinakes.core.errors import InvalidRequest, ModelUnusable, NotReady, ProtocolViolation
from pinakes.core.types import Caption, ModelIdentity, Reason, Refusal, Task, Vector
from pinakes.schemas.embeddings import RefusedImage

#: Media type of the binary answer: float32, little-endian, one row per picture.
RAW = "application/octet-stream"

#: Largest departure of an embedding's Euclidean length from 1.
LENGTH_TOLERANCE = 1e-3

#: Makes the error for an answer that breaks the contract, from what is wrong with it.
Violation = Callable[[str], ProtocolViolation]


def served_of_health(reply: Reply, model: str | None, violation: Violation) -> Served:
    """Return what a healthy service says it serves: the model named, else its first; or raise the violation.

    Raises:
        InvalidRequest: the service has no model of that name.
        NotReady: that model cannot serve yet.
    """
    health = reply.words("status")
    if not health:
        raise violation(f"a health answer that is none ({reply.media_type or 'no media type'})")
    if health["status"] != "healthy":
        raise violation(f"the status {health['status']!r}")
    entry = health if model in (None, health.get("model")) else _entry(health, str(model))
    side = _side(entry.get("input_side"), violation)
    return Served(_identity(entry, violation), ("files",) if side is None else ("files", "pixels"), side)


def is_absent(reply: Reply, model: str) -> bool:
    """Whether a health answer lists a model as one that nobody has loaded."""
    return _listed_model(reply.words("models"), model).get("state") == "absent"


def _entry(health: dict[str, Any], model: str) -> dict[str, Any]:
    """Return what is said of the model `model`, a name or name@revision."""
    entry = _listed_model(health, model)
    if not entry:
        names = sorted({str(each.get("name")) for each in _models(health)})
        raise InvalidRequest(
            f"The service has no model named {model!r}.",
            remedy=f"It has {', '.join(names) or health.get('model') or 'none'}.",
        )
    if entry.get("state") == "failed":
        raise ModelUnusable(
            f"The service cannot load {model}: {entry.get('failure') or 'it does not say why'}"
        )
    if entry.get("state", "ready") in ("loading", "absent", "unloading"):
        raise NotReady(f"The model {model} cannot serve yet.")
    same = all(entry.get(key) == health.get(key) for key in ("revision", "preprocess", "dimensions"))
    return entry | {"model": health.get("model") if same else entry.get("name")}


def _listed_model(health: dict[str, Any], model: str) -> dict[str, Any]:
    name, _, revision = model.partition("@")
    named = [entry for entry in _models(health) if entry.get("name") == name]
    found = [entry for entry in named if entry.get("revision") == revision or not revision]
    return next((entry for entry in found if entry.get("current")), next(iter(found), {}))


def _models(health: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry for entry in health.get("models") or [] if isinstance(entry, dict)]


#: Tasks of models whose answers have dimensions; one that only writes captions has none.
EMBEDDING = (Task.IMAGE_EMBEDDING.value, Task.TEXT_EMBEDDING.value)


def _identity(entry: dict[str, Any], violation: Violation) -> ModelIdentity:
    words = [entry.get(key) for key in ("model", "revision", "preprocess")]
    dimensions = entry.get("dimensions")
    named = all(isinstance(word, str) and word for word in words)
    tasks = entry.get("tasks")
    embeds = not isinstance(tasks, list) or not tasks or any(task in EMBEDDING for task in tasks)
    if not named or not isinstance(dimensions, int) or dimensions < int(embeds):
        raise violation("a health answer whose model has no proper name or dimensions")
    name, revision, preprocess = map(str, words)
    return ModelIdentity(name, revision, preprocess, dimensions)


def _side(told: Any, violation: Violation) -> int | None:
    if told is None or (isinstance(told, int) and 0 < told <= 8192):
        return told
    raise violation(f"the input side {told!r}")


def outcomes_of(
    reply: Reply, count: int, identity: ModelIdentity, violation: Violation
) -> list[Vector | Refusal]:
    """Return one outcome per input from a binary answer or a problem, or raise the violation.

    The answer must be of the model `identity`, have `count` rows, and each row that is not refused must
    be finite and of length 1.
    """
    problem = reply.problem()
    if problem is not None:
        return list(_all_refused(problem.refused or [], count, violation).values())
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


def captions_of(reply: Reply, count: int, violation: Violation) -> list[Caption | Refusal]:
    """Return one caption or refusal per picture, or raise the violation."""
    told, refused = _listed(reply, "captions", count, violation)
    return [
        refused[index] if index in refused else _caption(text, violation) for index, text in enumerate(told)
    ]


def _caption(text: Any, violation: Violation) -> Caption:
    if not isinstance(text, str):
        raise violation("a caption that is no text")
    return Caption(text)


def labels_of(reply: Reply, count: int, violation: Violation) -> list[tuple[Labelled, ...] | Refusal]:
    """Return the labels of each picture, best first, or its refusal; or raise the violation."""
    told, refused = _listed(reply, "results", count, violation)
    return [refused[index] if index in refused else _scores(row, violation) for index, row in enumerate(told)]


def _scores(row: Any, violation: Violation) -> tuple[Labelled, ...]:
    try:
        found = [Labelled(str(entry["label"]), float(entry["score"])) for entry in row]
    except (TypeError, KeyError, ValueError) as error:
        raise violation("labels without scores") from error
    return tuple(sorted(found, key=lambda entry: -entry.score))


def _listed(
    reply: Reply, key: str, count: int, violation: Violation
) -> tuple[Sequence[Any], dict[int, Refusal]]:
    """Return the list under `key`, one entry per picture, and the refusals that stand beside it."""
    problem = reply.problem()
    if problem is not None:
        return [None] * count, _all_refused(problem.refused or [], count, violation)
    told = reply.words(key)
    rows = told.get(key)
    if not isinstance(rows, list) or len(rows) != count:
        raise violation(f"an answer without {count} {key}")
    try:
        entries = [RefusedImage.model_validate(entry) for entry in told.get("refused") or []]
    except ValueError as error:
        raise violation("refusals that are none") from error
    if any(entry.index >= count for entry in entries):
        raise violation("refusals of pictures that were not sent")
    return rows, {entry.index: Refusal(_reason(entry.reason), entry.detail) for entry in entries}


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


def _all_refused(entries: Sequence[RefusedImage], count: int, violation: Violation) -> dict[int, Refusal]:
    if [entry.index for entry in entries] != list(range(count)):
        raise violation(f"refusals for {len(entries)} pictures of {count}")
    return {entry.index: Refusal(_reason(entry.reason), entry.detail) for entry in entries}


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
