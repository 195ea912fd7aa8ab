"""An installed model into memory, with what the registry knows of it and its files do not say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pinakes.core.types import Task
from pinakes.models.base import Decode, LoadedModel
from pinakes.models.registry.registry import registry
from pinakes.models.store.store import Installed


def open_model(
    model: Installed,
    *,
    decode_for: Callable[[int], Decode],
    threads: int,
    variant: str = "",
    beside: int = 0,
) -> LoadedModel:
    """Load an installed model; see `loading.load`.

    The towers of a model are often published without the scale and bias that turn cosines into
    probabilities; the registry's are put in their place.

    Raises:
        ModelUnusable: files are absent or damaged, or an extra is not installed.
        OutOfMemory: it does not fit.
    """
    from pinakes.models.runtimes.loading import load

    loaded = load(
        model.path,
        name=model.name,
        revision=model.revision,
        decode_for=decode_for,
        threads=threads,
        variant=variant,
        beside=beside,
    )
    entry = registry().get(model.manifest.entry) if model.manifest.entry else None
    if entry and entry.logits and Task.TEXT_EMBEDDING in loaded.tasks:
        return replace(loaded, logits=entry.logits.as_logits())
    return loaded
