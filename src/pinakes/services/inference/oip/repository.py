"""The engine's models as a model repository: addressed by name and version, listed, loaded, unloaded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from pinakes.core.errors import InvalidRequest, ModelUnusable, NotFound, NotReady
from pinakes.core.types import Task
from pinakes.serving.catalogue import ModelState, ModelStatus
from pinakes.serving.engine import Engine
from pinakes.serving.slot import UNLOAD_SECONDS

#: Longest wait of a request to load a model, seconds; the loading itself goes on.
LOAD_SECONDS = 120.0

#: How often a model that is loaded or unloaded is looked at, seconds.
LOOK_SECONDS = 0.02

#: States of a model in the protocol's words; those that only loading would change are UNAVAILABLE.
STATES = {
    ModelState.READY: "READY",
    ModelState.LOADING: "LOADING",
    ModelState.UNLOADING: "UNLOADING",
}

#: The reason given for a model that simply is not in memory.
ABSENT = "It is not loaded."


@dataclass(frozen=True, slots=True)
class Repository:
    """The models of an engine."""

    engine: Engine

    async def status(self, name: str, version: str = "") -> ModelStatus:
        """One model as it is now; of its current revision unless a version is given.

        Raises:
            NotFound: there is no such model, or no such version of it.
            InvalidRequest: versions are whole numbers.
        """
        current = self.engine.status(_named(name))
        if version in ("", str(current.offer.version)):
            return current
        if not (version.isascii() and version.isdigit()):
            raise InvalidRequest(f"Versions of models are whole numbers, not {version!r}.")
        statuses = await self._statuses(current.offer.name)
        for status in statuses:
            if str(status.offer.version) == version:
                return status
        there = ", ".join(str(status.offer.version) for status in statuses)
        raise NotFound(f"The model {name} has no version {version}.", remedy=f"It has: {there}.")

    async def versions(self, name: str) -> list[int]:
        """Versions of a model that there are."""
        return [status.offer.version for status in await self._statuses(name)]

    async def statuses(self) -> list[ModelStatus]:
        """Every model there is; found out in a thread, since that may read a disk."""
        return await asyncio.to_thread(self.engine.statuses)

    def tasks(self, status: ModelStatus) -> Set[Task]:
        """What a model does.

        Raises:
            NotReady, ModelUnusable: that is not known before it is loaded.
        """
        if status.identity is None and status.offer.tasks:
            return status.offer.tasks
        return self.engine.model(status.offer.key).tasks.keys()

    async def index(self, *, ready: bool) -> list[dict[str, str]]:
        """Every model's name, version, state and reason; only those that can serve with `ready`."""
        entries = [_entry(status) for status in await self.statuses()]
        return [entry for entry in entries if entry["state"] == "READY" or not ready]

    async def load(self, name: str, parameters: Mapping[str, Any]) -> None:
        """Load a model and wait until it can serve.

        Raises:
            NotFound: there is no such model.
            InvalidRequest: the parameters would bring another configuration or other files.
            ModelUnusable: it cannot be loaded.
            NotReady: it still loads after `LOAD_SECONDS`.
        """
        refused = next((key for key in parameters if key == "config" or key.startswith("file:")), None)
        if refused is not None:
            raise InvalidRequest(
                f"The parameter {refused} is not taken: models are installed, not sent.",
                remedy="Install the model with pinakes models, then load it by its name.",
            )
        key = self.engine.load(_named(name)).offer.key
        status = await self._settled(key, ModelState.LOADING, LOAD_SECONDS)
        if status.state is not ModelState.READY:
            raise ModelUnusable(status.failure or f"The model {name} could not be loaded.")

    async def unload(self, name: str) -> None:
        """Unload a model and wait until its memory is free.

        Raises:
            NotFound: there is no such model.
            NotReady: it is loading, or those inside do not end.
        """
        key = self.engine.status(_named(name)).offer.key
        status = await self._settled(key, ModelState.LOADING, 0)
        if status.state in (ModelState.READY, ModelState.FAILING):
            self.engine.unload(key)
        until = time.monotonic() + UNLOAD_SECONDS + 5
        while (status := self.engine.status(key)).identity or status.state is ModelState.UNLOADING:
            if time.monotonic() > until:
                raise NotReady(f"The model {name} is still being unloaded.")
            await asyncio.sleep(LOOK_SECONDS)

    async def _statuses(self, name: str) -> list[ModelStatus]:
        return [status for status in await self.statuses() if status.offer.name == name]

    async def _settled(self, key: str, passing: ModelState, seconds: float) -> ModelStatus:
        """Wait until a model has left a passing state."""
        until = time.monotonic() + seconds
        while (status := self.engine.status(key)).state is passing:
            if time.monotonic() >= until:
                raise NotReady(f"The model {status.offer.name} is still {passing}.")
            await asyncio.sleep(LOOK_SECONDS)
        return status


def _named(name: str) -> str:
    if not name:
        raise InvalidRequest("The request names no model.")
    return name


def _entry(status: ModelStatus) -> dict[str, str]:
    reason = ABSENT if status.state is ModelState.ABSENT else status.failure
    return {
        "name": status.offer.name,
        "version": str(status.offer.version),
        "state": STATES.get(status.state, "UNAVAILABLE"),
        "reason": reason,
    }
