"""One caller's pictures on their way through the engine."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass

from pinakes.core.types import Refusal, Vector

#: What becomes of one picture.
Outcome = Vector | Refusal


class Request:
    """Pictures of one caller; `future` resolves to one outcome per picture, in order, or to an error.

    Cancelling the future tells the engine that nobody waits any more: pictures not yet in work are
    dropped. `deadline` is on the clock of `time.monotonic`, in seconds.
    """

    def __init__(self, images: Sequence[bytes], *, deadline: float) -> None:
        self.images = tuple(images)
        self.deadline = deadline
        self.future: Future[list[Outcome]] = Future()
        self._outcomes: list[Outcome | None] = [None] * len(self.images)
        self._handed_out = 0
        self._missing = len(self.images)
        self._lock = threading.Lock()

    @property
    def untouched(self) -> int:
        """Pictures not yet handed to a worker."""
        return len(self.images) - self._handed_out

    @property
    def answered(self) -> bool:
        """Whether the caller has its answer or has gone."""
        return self.future.done()

    def hand_out(self) -> Item:
        """Return the next picture; only the batcher calls this, under its lock."""
        item = Item(self, self._handed_out)
        self._handed_out += 1
        return item

    def settle(self, index: int, outcome: Outcome) -> None:
        """Record what became of one picture, and answer the caller with the last of them."""
        with self._lock:
            self._outcomes[index] = outcome
            self._missing -= 1
            if self._missing:
                return
        outcomes = [entry for entry in self._outcomes if entry is not None]
        try:
            self.future.set_result(outcomes)
        except InvalidStateError:
            return  # the caller went away, or its time ran out, while the model worked

    def fail(self, error: Exception) -> None:
        """Answer the whole request with an error, unless it is answered already."""
        try:
            self.future.set_exception(error)
        except InvalidStateError:
            return


@dataclass(frozen=True, slots=True)
class Item:
    """One picture of a request."""

    request: Request
    index: int

    @property
    def image(self) -> bytes:
        """The encoded picture."""
        return self.request.images[self.index]
