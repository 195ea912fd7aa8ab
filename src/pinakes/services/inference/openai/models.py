"""Models as OpenAI and KServe list them, in one answer that the clients of both read."""

from __future__ import annotations

from typing import Any

from pinakes.core.errors import NotFound
from pinakes.services.inference.asked import ModelNotFound
from pinakes.services.inference.choice import tasks_of
from pinakes.serving.catalogue import ModelState, ModelStatus
from pinakes.serving.engine import Engine


def listed(engine: Engine) -> dict[str, Any]:
    """Every model, the default one first: clients that are told of none take the first."""
    default = engine.status().offer.key
    statuses = sorted(engine.statuses(), key=lambda status: status.offer.key != default)
    entries = [described(engine, status) for status in statuses]
    return {"object": "list", "data": entries, "models": [entry["id"] for entry in entries]}


def found(engine: Engine, name: str) -> dict[str, Any]:
    """One model by its name, or name@revision, or an alias of the registry's. Raises ModelNotFound."""
    try:
        return described(engine, engine.status(name))
    except NotFound as error:
        raise ModelNotFound(str(error), remedy=error.remedy) from None


def described(engine: Engine, status: ModelStatus) -> dict[str, Any]:
    """One model: OpenAI's keys, KServe's `name` and `ready`, and what neither of them says."""
    offer = status.offer
    identity = offer.name if offer.current else offer.key
    entry: dict[str, Any] = {
        "id": identity,
        "object": "model",
        "created": 0,  # when it was made is not known, and SDKs want a number
        "owned_by": "pinakes",
        "name": identity,
        "ready": status.state is ModelState.READY,
        "state": status.state,
        "revision": offer.revision,
        "tasks": sorted(tasks_of(engine, status)),
    }
    if status.identity is not None:
        entry["preprocess"] = status.identity.preprocess
        entry["dimensions"] = status.identity.dimensions
    return entry
