"""One question to one server, and to a second one where the first is late: the first answer wins."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from pinakes.clients.exchange import Told
from pinakes.clients.member import Member
from pinakes.core.errors import NotReady, Overloaded, ProtocolViolation, ServiceUnavailable

#: Failures that another member may make good.
PASSING = (ServiceUnavailable, Overloaded, NotReady, ProtocolViolation)

#: Asks one member the question.
Ask = Callable[[Member], Coroutine[Any, Any, Told]]


@dataclass(frozen=True, slots=True)
class Late:
    """What is done about a member that does not answer soon.

    Attributes:
        seconds: when it counts as late.
        second: another member to ask the same, or None.
        responds: whether a member still answers at all.
    """

    seconds: float
    second: Callable[[], Member | None]
    responds: Callable[[Member], Awaitable[bool]]


async def first_answer(ask: Ask[Told], member: Member, late: Late) -> Told:
    """Return the first answer; the others are cancelled, which closes their connections.

    Raises:
        ServiceUnavailable, Overloaded, NotReady, ProtocolViolation: of the last that failed.
        PinakesError: what any of them says of the question itself.
    """
    first = asyncio.create_task(ask(member))
    tasks: list[asyncio.Task[Any]] = [first]
    try:
        await asyncio.wait(tasks, timeout=late.seconds)
        answers = {first}
        if not first.done():
            tasks.append(asyncio.create_task(_abandon(first, late.responds(member))))
            other = late.second()
            if other is not None:
                answers.add(asyncio.create_task(ask(other)))
                tasks += answers - {first}
        return await _first(answers)
    finally:
        await _end(tasks)


async def _abandon(task: asyncio.Task[Told], responds: Awaitable[bool]) -> None:
    """Give a question up whose member does not answer at all, rather than wait for its whole time."""
    if not await responds:
        task.cancel()


async def _first(answers: set[asyncio.Task[Told]]) -> Told:
    failed: BaseException = ServiceUnavailable("No member was asked.")
    while answers:
        done, answers = await asyncio.wait(answers, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if task.cancelled():
                failed = ServiceUnavailable("The member asked stopped answering.")
                continue
            error = task.exception()
            if error is None:
                return task.result()
            if not isinstance(error, PASSING):
                raise error
            failed = error
    raise failed


async def _end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
