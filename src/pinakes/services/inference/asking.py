"""Asking the engine for a request, no longer than its client waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request

from pinakes.core.errors import DeadlineExceeded, InvalidRequest
from pinakes.core.types import Task
from pinakes.serving.engine import Visit
from pinakes.serving.request import Input, Outcome, Priority, Work

#: Header with which a client shortens the time its request may take, milliseconds.
TIMEOUT_HEADER = "X-Pinakes-Timeout-Ms"

#: Header that says how urgent a request is: interactive, normal or bulk.
PRIORITY_HEADER = "X-Pinakes-Priority"

#: Header by which several connections share one client's part of the machine.
CLIENT_HEADER = "X-Pinakes-Client"


async def ask(request: Request, visit: Visit, work: Work) -> list[Outcome]:
    """Return one outcome per input; giving up frees the engine of the request. The body must be read.

    Raises:
        ClientDisconnect: the client went away.
        DeadlineExceeded: the time ran out, waiting or in work.
        NotFound, NotReady, ModelUnusable, InvalidRequest, Overloaded, ModelFailed: as `Visit.submit`.
    """
    future = visit.submit(work)
    noted = request.state.noted
    noted.setdefault("model", work.model or "default")
    noted |= {"task": work.task, "items": len(work.inputs)}
    return await _answer_or_gone(request, future, seconds=work.seconds)


async def _answer_or_gone(
    request: Request, future: Future[list[Outcome]], *, seconds: float
) -> list[Outcome]:
    answered = asyncio.wrap_future(future)
    gone = asyncio.ensure_future(request.receive())  # the body is read: the next message is the disconnect
    try:
        watched: set[asyncio.Future[Any]] = {answered, gone}
        await asyncio.wait(watched, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if answered.done():
            return answered.result()
        if gone.done():
            raise ClientDisconnect
        raise DeadlineExceeded(f"The request was not answered within {seconds:g} s.")
    finally:
        gone.cancel()
        answered.cancel()


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a request is served.

    Attributes:
        seconds: time it may take from its last byte.
        priority: how urgent it is.
        client: whose share of the machine it counts against.
    """

    seconds: float
    priority: Priority
    client: str

    def work(self, task: Task, inputs: Sequence[Input], model: str, since: float) -> Work:
        """What to ask the engine, in the time that is left since `since` (`time.monotonic`).

        Raises:
            DeadlineExceeded: no time is left.
        """
        left = self.seconds - (time.monotonic() - since)
        if left <= 0:
            raise DeadlineExceeded(f"The request was not answered within {self.seconds:g} s.")
        return Work(task, inputs, left, model=model, priority=self.priority, client=self.client)


def terms_of(request: Request, most: float) -> Terms:
    """The terms that a request's headers ask for, within the service's.

    Raises:
        InvalidRequest: a header is malformed.
    """
    return Terms(seconds_of(request, most), priority_of(request), client_of(request))


def seconds_of(request: Request, most: float) -> float:
    """Time the request may take from its last byte: the service's, or less if the client says so.

    Raises:
        InvalidRequest: the header is no number of milliseconds.
    """
    asked = request.headers.get(TIMEOUT_HEADER)
    if asked is None:
        return most
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10 and int(asked) > 0):
        raise InvalidRequest(f"{TIMEOUT_HEADER} must be a whole number of milliseconds above 0.")
    return min(most, int(asked) / 1000)


def priority_of(request: Request) -> Priority:
    """How urgent the client says the request is; normal unless it says.

    Raises:
        InvalidRequest: it says something else.
    """
    asked = request.headers.get(PRIORITY_HEADER, Priority.NORMAL.name)
    try:
        return Priority[asked.strip().upper()]
    except KeyError:
        raise InvalidRequest(f"{PRIORITY_HEADER} is interactive, normal or bulk, not {asked!r}.") from None


def client_of(request: Request) -> str:
    """Whose share of the machine the request counts against: its key's name, its own, else its connection."""
    if request.state.key:
        return str(request.state.key)  # whoever holds one key shares one part, whatever names they take
    named = request.headers.get(CLIENT_HEADER, "").strip()
    if named:
        return named[:64]
    return f"{request.client.host}:{request.client.port}" if request.client else ""


def holder_of(request: Request) -> str:
    """Whom the bytes of a request's body are counted by: its key's name, else its address."""
    return str(request.state.key) or (request.client.host if request.client else "")


def length_of(request: Request) -> int:
    """Bytes of the body as far as they are declared; 0 where they are not."""
    return int(request.headers.get("content-length", "0"))
