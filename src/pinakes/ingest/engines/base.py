"""The seam of engines: what runs one step on one file, and outlives whatever the file does to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from pinakes.core.settings import ImageLimits
from pinakes.core.types import Refusal

T = TypeVar("T")


class Runner(Protocol):
    """Runs steps of `ingest.steps` elsewhere; `images.processes.Workers` is the built-in implementer."""

    @property
    def width(self) -> int:
        """How many files it works on at once."""
        ...

    def run(self, work: Callable[..., T], *arguments: object) -> T | Refusal:
        """Run `work(*arguments)` and wait for it; both must be importable and plain.

        The first argument is the path of the file that the step is about.

        A step that takes too long, too much memory, or kills what runs it, is returned as a `Refusal` for
        that file alone. Any number of threads may call at once.

        s:
            CancelledError: the runner was stopped meanwhile.
            ServiceUnavailable: a cluster went away, or takes no work.
        """
        ...

    def stop(self) -> None:
        """End everything at once; whoever waits gets `CancelledError`."""
        ...


#: Makes the runner of one scan, for so many files at a time within such limits.
RunnerMaker = Callable[[int, ImageLimits], Runner]
