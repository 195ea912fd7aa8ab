"""What a check has to say: whether a part works, what was seen, and what to do where it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from pinakes.core.settings import Settings


class State(StrEnum):
    """How a part is: it works, it works less well than it could, it does not work."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the doctor, without its name; `seen` and `remedy` are words for a person."""

    state: State
    seen: str
    remedy: str = ""


#: Exercises one part; whatever it raises is a failure of that part.
Check = Callable[[Settings], Verdict]


def ok(seen: str) -> Verdict:
    """The part works."""
    return Verdict(State.OK, seen)


def warning(seen: str, remedy: str) -> Verdict:
    """The part works less well than it could."""
    return Verdict(State.WARNING, seen, remedy)


def failed(seen: str, remedy: str) -> Verdict:
    """The part does not work."""
    return Verdict(State.FAILED, seen, remedy)
