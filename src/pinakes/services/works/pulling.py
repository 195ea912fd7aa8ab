"""The work of getting a model from the hub; what has arrived is kept when it ends early."""

from __future__ import annotations

from typing import Any

from pinakes.core.settings import Settings
from pinakes.jobs.turn import Turn, Work
from pinakes.models.registry.entry import Entry
from pinakes.models.registry.registry import registry
from pinakes.models.store.store import Store

#: Kind of these jobs.
KIND = "pull"


def asked_of(model: str) -> dict[str, Any]:
    """What a job keeps of what was asked.

    Raises:
        NotFound: the registry knows no such model, and it is no repository.
    """
    wanted = target(model)
    return {"model": wanted if isinstance(wanted, str) else wanted.name, "unit": "bytes"}


def target(model: str) -> Entry | str:
    """The registry's entry of a name or alias, or the repository `owner/name` itself."""
    known = registry().get(model)
    return known or (model if model.count("/") == 1 else registry().find(model))


def pull_work(settings: Settings) -> Work:
    """Make what a job of kind `pull` does: fetch a model, check every byte, install it.

    A hub that is away ends the job with the way round it: nobody knows when, or whether, it comes back.
    """

    def work(turn: Turn) -> dict[str, Any]:
        from pinakes.models.hub.hub import open_hub
        from pinakes.models.hub.pulling import Progress, Pull

        def watch(progress: Progress) -> None:
            turn.advance("downloading", progress.done, progress.total or None)

        hub = open_hub(settings.models)
        turn.advance(f"asking {hub.endpoint}", 0)
        installed = Pull(Store(settings.models_directory), hub, watch=watch).run(target(turn.about["model"]))
        return {"installed": installed.name, "revision": installed.revision, "bytes": installed.nbytes}

    return work
