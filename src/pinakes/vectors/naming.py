"""Names of collections: one for each model, revision, preprocess and number of dimensions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from pinakes.core.errors import InvalidRequest, StateUnusable
from pinakes.core.types import ModelIdentity

#: Most dimensions a vector may have; pgvector's bound is the least of the drivers'.
MOST_DIMENSIONS = 16_000

#: Form of a collection's name: fit for a directory, a table and a Qdrant server alike.
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,54}")


def collection_name(identity: ModelIdentity) -> str:
    """Name of the collection for a model's embeddings, such as `clip-vit-b-32-512-0f3a9c1e22ab`.

    Embeddings that may not be compared with one another never share a name.

    Raises:
        InvalidRequest: the model gives no vectors, or longer ones than can be kept.
    """
    if not 0 < identity.dimensions <= MOST_DIMENSIONS:
        raise InvalidRequest(
            f"The model {identity.name!r} has {identity.dimensions} dimensions; a collection takes from 1 to "
            f"{MOST_DIMENSIONS:,}."
        )
    readable = re.sub(r"[^a-z0-9]+", "-", identity.name.lower()).strip("-")[:32].strip("-") or "model"
    whole = f"{identity.key}\0{identity.dimensions}".encode()
    return f"{readable}-{identity.dimensions}-{sha256(whole).hexdigest()[:12]}"


def checked_name(name: str) -> str:
    """The name, if it is one.

    Raises:
        InvalidRequest: it could leave the store, or be something else there.
    """
    if not NAME.fullmatch(name):
        raise InvalidRequest(f"{name!r} is no name of a collection; `pinakes vectors list` shows them.")
    return name


def identity_as_json(identity: ModelIdentity) -> dict[str, Any]:
    """The identity as drivers store it beside a collection."""
    return asdict(identity)


def identity_from_json(name: str, stored: Mapping[str, Any]) -> ModelIdentity:
    """The identity stored beside a collection.

    Raises:
        StateUnusable: it is damaged, or not that of the collection of this name.
    """
    try:
        identity = ModelIdentity(**stored)
        belongs = collection_name(identity) == name
    except (TypeError, InvalidRequest, AttributeError) as error:
        raise StateUnusable(f"What is stored of the collection {name} says nothing of its model.") from error
    if not belongs:
        raise StateUnusable(
            f"The collection {name} says it holds embeddings of {identity.key}, which it cannot."
        )
    return identity


def absent(name: str, there: Iterable[str]) -> str:
    """The sentence that says which collections there are when the one asked for is not."""
    names = ", ".join(sorted(there))
    return f"There is no collection {name!r}; " + (f"there are {names}." if names else "there are none.")
