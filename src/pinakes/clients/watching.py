"""Looking at the members of a fleet: who they are when they join, and whether the lost are back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic

from pinakes.clients.member import Member, State
from pinakes.clients.patience import LONGEST_RETRY_AFTER, Patience
from pinakes.clients.protocols.base import Served
from pinakes.core import logging
from pinakes.core.errors import NotReady, Overloaded, PinakesError, ProtocolViolation, ServiceUnavailable

#: Longest time between two looks at a member that nobody waits for, seconds.
LONGEST_UNWANTED = 30.0

#: Time that a fleet which can work already waits for members that have just joined, seconds.
JOINING_SECONDS = 1.0

#: Time in which a late member must say that it is there, seconds.
SUSPECT_SECONDS = 2.0


class Watch:
    """Keeps each member's state; looks again, ever more seldom, at those that cannot be asked.

    Attributes:
        served: what the first member to answer serves, and so every member must.
        errors: why each member that cannot be asked cannot.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self.served: Served | None = None
        self.errors: dict[Member, PinakesError] = {}
        self._tasks: dict[Member, asyncio.Task[None]] = {}
        self._suspected: dict[Member, asyncio.Task[bool]] = {}
        self._looking: set[asyncio.Task[Served | PinakesError]] = set()
        self._changed = asyncio.Event()
        self._wanted = asyncio.Event()
        self._waiting = 0

    async def look_at_all(self, members: Sequence[Member]) -> None:
        """Look at those that have just joined, all at once; the first in order decides what is served.

        Once that is known, one that is slow to answer joins later.
        """
        left = [
            (member, asyncio.create_task(_looked(member)))
            for member in members
            if member.state is State.JOINING and member not in self._tasks
        ]
        looks = [look for _, look in left]
        try:
            while left and self.served is None:
                member, look = left.pop(0)
                self._take(member, await look)
            if left:
                await asyncio.wait(looks, timeout=JOINING_SECONDS)
            for member, look in left:
                if look.done():
                    self._take(member, look.result())
                else:
                    self.follow(member)
        finally:
            for look in looks:
                look.cancel()

    def follow(self, member: Member) -> None:
        """Look at a member, again and again, until it serves."""
        if member not in self._tasks:
            self._tasks[member] = asyncio.create_task(self._until_serving(member))

    def forget(self, member: Member) -> None:
        """Look at a member no more."""
        self.errors.pop(member, None)
        task = self._tasks.pop(member, None)
        if task is not None:
            task.cancel()

    async def responds(self, member: Member) -> bool:
        """Whether a member that is late with an answer still gives a sign of life.

        It is asked once for all who wonder, and to the end even when they have got their answer elsewhere.
        """
        if member not in self._suspected:
            self._suspected[member] = asyncio.create_task(self._pinged(member))
        return await asyncio.shield(self._suspected[member])

    async def _pinged(self, member: Member) -> bool:
        try:
            await member.ping(SUSPECT_SECONDS)
        except ServiceUnavailable as error:
            self.note(member, error)
            return False
        except PinakesError:
            return True  # not what was hoped for, but alive
        finally:
            self._suspected.pop(member, None)
        return True

    def note(self, member: Member, error: PinakesError) -> None:
        """Take in that a member could not answer; one line is logged for each change of its state."""
        if member.state is State.LEFT:
            return
        if isinstance(error, Overloaded):
            member.resting_until = monotonic() + min(error.retry_after, LONGEST_RETRY_AFTER)
            return
        state = _state_after(error)
        self.errors[member] = error
        member.why = str(error)
        if member.state is not state:
            self._log_loss(member, state, error)
            member.failures += 1
            member.state = state
        self.follow(member)

    async def wait_for_change(self, seconds: float) -> None:
        """Wait until a member can be asked again, at most so long; the lost are looked at sooner for it."""
        self._waiting += 1
        self._wanted.set()
        changed = asyncio.ensure_future(self._changed.wait())
        try:
            done, _ = await asyncio.wait([changed], timeout=seconds)
            if not done and self._looking:  # a look that is under way may end the wait for everybody
                await asyncio.wait([changed, *self._looking], return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()
            self._waiting -= 1
            if not self._waiting:
                self._wanted.clear()

    async def close(self) -> None:
        """Look at nobody any more."""
        tasks = [*self._tasks.values(), *self._suspected.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _log_loss(self, member: Member, state: State, error: PinakesError) -> None:
        log = logging.get("clients")
        # Where nobody was found there is one who is told so: whoever asked. A loss nobody else would notice.
        noticed = member.state is State.SERVING or self.served is not None
        (log.warning if noticed else log.info)(
            "member-lost", url=member.url, state=state.value, why=str(error)
        )

    async def _until_serving(self, member: Member) -> None:
        try:
            while member.state not in (State.SERVING, State.LEFT):
                if member.state is not State.JOINING:
                    await self._pause(member)
                found = await self._looked_meanwhile(member)
                member.failures += not isinstance(found, Served)
                self._take(member, found)
        finally:
            self._tasks.pop(member, None)

    async def _looked_meanwhile(self, member: Member) -> Served | PinakesError:
        look = asyncio.create_task(_looked(member))
        self._looking.add(look)
        try:
            return await look
        finally:
            look.cancel()
            self._looking.discard(look)

    async def _pause(self, member: Member) -> None:
        soon = self._patience.jittered(member.failures)
        await asyncio.sleep(soon)
        unwanted = min(LONGEST_UNWANTED, self._patience.first * 2.0 ** min(member.failures, 30)) - soon
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, unwanted)):
                await self._wanted.wait()

    def _take(self, member: Member, found: Served | PinakesError) -> None:
        if member.state is State.LEFT:
            return
        if isinstance(found, PinakesError):
            self.note(member, found)
            return
        if self.served is None:
            self.served = found
        if found.identity != self.served.identity:
            self.note(member, _other_model(member, found, self.served))
            return
        if member.state not in (State.JOINING, State.SERVING):
            logging.get("clients").warning("member-back", url=member.url)
        member.state, member.why = State.SERVING, ""
        self.errors.pop(member, None)
        self._changed.set()
        self._changed = asyncio.Event()


async def _looked(member: Member) -> Served | PinakesError:
    try:
        return await member.look()
    except PinakesError as error:
        return error


def _state_after(error: PinakesError) -> State:
    if isinstance(error, NotReady):
        return State.LOADING
    return State.AWAY if isinstance(error, ServiceUnavailable) else State.REFUSED


def _other_model(member: Member, theirs: Served, ours: Served) -> ProtocolViolation:
    return ProtocolViolation(
        f"The service at {member.url} serves {theirs.identity.key}, while this run began with "
        f"{ours.identity.key}; it is left out, for the two are never mixed.",
        remedy="Give every member the same model and revision.",
    )
