"""The models an engine may serve: what is offered, what state each is in, and which one a name means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from pinakes.core.types import ModelIdentity, Task
from pinakes.models.base import LoadedModel
from pinakes.serving.statistics import Snapshot


class ModelState(StrEnum):
    """What one model can do now; the value is what answers say."""

    ABSENT = "absent"
    LOADING = "loading"
    READY = "ready"
    FAILING = "failing"
    FAILED = "failed"
    UNLOADING = "unloading"


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that may be loaded.

    Attributes:
        name: without a slash.
        revision: which weights.
        version: 1 for the oldest revision of this name, counting up.
        tasks: what it will do.
        nbytes: memory its weights will take, as far as known, bytes.
        current: whether the plain name means this revision.
        load: makes it; runs in a thread, may raise anything.
        aliases: other names of it, in small letters; they mean the current revision.
    """

    name: str
    revision: str
    version: int
    tasks: frozenset[Task]
    nbytes: int
    current: bool
    load: Callable[[], LoadedModel]
    aliases: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """`name@revision`."""
        return f"{self.name}@{self.revision}"


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """One model as it is now.

    Attributes:
        offer: what it is.
        state: what it can do.
        failure: why it cannot serve, a sentence without paths or secrets; else empty.
        identity: what its results carry; None unless it is loaded.
        input_side: side of the square of pixels it looks at; None where any size goes, or unloaded.
        nbytes: memory of its weights, bytes; of the offer unless it is loaded.
        load_seconds: what loading and warming up took; 0 before.
        uptime_seconds: since it could first serve; 0 before.
        statistics: totals since it was loaded.
        pending: requests accepted and not answered.
    """

    offer: Offer
    state: ModelState
    failure: str
    identity: ModelIdentity | None
    input_side: int | None
    nbytes: int
    load_seconds: float
    uptime_seconds: float
    statistics: Snapshot
    pending: int = 0
