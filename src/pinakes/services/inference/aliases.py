"""Models under the names that other services have for them."""

from __future__ import annotations

from pinakes.core.errors import NotFound
from pinakes.models.registry.registry import registry
from pinakes.serving.engine import Engine


def known_name(engine: Engine, name: str) -> str:
    """The engine's name of a model asked for by an alias or a repository, such as Immich's ViT-B-32__openai.

    A name that neither the engine nor the registry knows is returned as it is.
    """
    try:
        engine.status(name)
    except NotFound:
        entry = registry().get(name)
        return entry.name if entry else name
    return name
