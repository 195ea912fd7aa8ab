"""One caller's inputs on their way through the engine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

from numpy.typing import NDArray

from pinakes.core.errors import DeadlineExceeded
from pinakes.core.types import Pixels, Refusal, Task
from pinakes.models.base import Result

#: What becomes of one input.
Outcome = Result | Refusal


@dataclass(frozen=True, slots=True)
class Tensor:
    """One input that its caller has preprocessed, without the batch axis; see `TaskModel.accept`."""

    array: NDArray[Any]


#: Hears of a stage that some of a request's inputs went through: its name, when it began on the clock of
#: `time.monotonic`, and the seconds it took. Called from any thread; must not raise.
Observe = Callable[[str, float, float], None]

#: What may be asked about: an encoded picture, words, decoded pixels, or a model's own tensor.
Input = bytes | str | Pixels | Tensor


class Priority(IntEnum):
    """Which of those that wait is served first; a class waits no longer than its ageing allows."""

    INTERACTIVE = 1
    NORMAL = 2
    BULK = 3


@dataclass(frozen=True, slots=True)
class Work:
    """What a caller wants done.

    Attributes:
        task: what to do with each input.
        inputs: one or more.
        seconds: time after which the caller waits no longer.
        model: name, or name@revision; empty for the default model.
        priority: class of urgency.
        client: whoever shares of the machine are counted by; empty for a share of its own.
        observe: hears of each stage; None for nobody.
    """

    task: Task
    inputs: Sequence[Input]
    seconds: float
    model: str = ""
    priority: Priority = Priority.NORMAL
    client: str = ""
    observe: Observe | None = None


class Request:
    """Work that was admitted; `future` resolves to one outcome per input, in order, or to an error.

    Cancelling the future tells the engine that nobody waits any more: inputs not yet in work are dropped,
    and their memory is free at once. `deadline` is on the clock of `time.monotonic`, in seconds.
    """

    def __init__(self, work: Work, *, deadline: float) -> None:
        self.task = work.task
        self.priority = work.priority
        self.observe = work.observe
        self.client = work.client or f"request-{id(self)}"
        self.deadline = deadline
        self.future: Future[list[Outcome]] = Future()
        self._inputs: Sequence[Input] = tuple(work.inputs)
        self._outcomes: list[Outcome | None] = [None] * len(self._inputs)
        self._missing = len(self._inputs)
        self._lock = threading.Lock()
        self.future.add_done_callback(lambda _future: self._forget())

    def items(self) -> list[Item]:
        """One item per input, in order."""
        return [Item(self, index) for index in range(len(self._outcomes))]

    @property
    def answered(self) -> bool:
        """Whether the caller has its answer or has gone."""
        return self.future.done()

    @property
    def dropped(self) -> Literal["", "cancelled", "late"]:
        """Why it ended unanswered: its caller went, or waited no longer; empty where it did not."""
        future = self.future
        if not future.done() or not (future.cancelled() or isinstance(future.exception(), DeadlineExceeded)):
            return ""
        return "late" if time.monotonic() >= self.deadline else "cancelled"

    def input(self, index: int) -> Input | None:
        """One input; None once the request is answered."""
        inputs = self._inputs
        return inputs[index] if inputs else None

    def observed(self, stage: str, began: float, seconds: float) -> None:
        """Tell whoever follows the request of a stage; see `Observe`."""
        if self.observe is not None:
            self.observe(stage, began, seconds)

    def settle(self, index: int, outcome: Outcome) -> None:
        """Record what became of one input, and answer the caller with the last of them."""
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

    def _forget(self) -> None:
        self._inputs = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One input of a request."""

    request: Request
    index: int

    @property
    def input(self) -> Input | None:
        """The input; None once nobody waits for it."""
        return self.request.input(self.index)

    def settle(self, outcome: Outcome) -> None:
        """Record what became of it."""
        self.request.settle(self.index, outcome)
