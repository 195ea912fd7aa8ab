"""Several servers of one model as one: the soonest free is asked, and what is lost is looked for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic

from pinakes.clients.exchange import Dialogue, Told
from pinakes.clients.hedging import Hedging
from pinakes.clients.member import Member, MemberHealth, State
from pinakes.clients.patience import Patience, Spent
from pinakes.clients.protocols.base import Dialect, Served
from pinakes.clients.race import PASSING, Late, first_answer
from pinakes.clients.transport import TimedOut
from pinakes.clients.watching import Watch
from pinakes.core.errors import PinakesError, ServiceUnavailable


@dataclass(frozen=True, slots=True)
class Question(Generic[Told]):
    """What any member may be asked, and how many items it is about."""

    ask: Callable[[Dialect], Dialogue[Told]]
    items: int


class Fleet:
    """Members that serve one model, asked as one; belongs to one event loop.

    Args:
        members: who may be asked; the first of them that answers decides which model it is.
        patience: how long a question waits while no member can be asked.
        hedging: when a second member is asked the same.
    """

    def __init__(self, members: Iterable[Member], patience: Patience, hedging: Hedging) -> None:
        self.patience = patience
        self.members = list(members)
        self.hedging = hedging
        self._watch = Watch(patience)
        self._gathering = asyncio.Lock()

    @property
    def serving(self) -> list[Member]:
        """Those that can be asked."""
        return [member for member in self.members if member.state is State.SERVING]

    async def health(self) -> tuple[MemberHealth, ...]:
        """Look at those nobody has looked at yet, and say what is known of each, in the order named."""
        await self._watch.look_at_all(self.members)
        return tuple(member.health() for member in self.members)

    def add(self, member: Member) -> None:
        """Let another member join; it is asked once it has shown that it serves the same model."""
        self.members.append(member)
        if self._watch.served is not None:
            self._watch.follow(member)

    async def remove(self, url: str) -> None:
        """Take a member out; it finishes what it was asked."""
        for member in [member for member in self.members if member.url == url.rstrip("/")]:
            self.members.remove(member)
            self._watch.forget(member)
            await member.leave()

    async def served(self, patience: Patience | None = None) -> Served:
        """Return what the fleet serves, once a first member has said so.

        Raises:
            ServiceUnavailable: no member answers, or none gets ready, within the patience.
            ProtocolViolation: something else answers.
            PinakesError: what the first member says otherwise.
        """
        async with self._gathering:
            spent = Spent(patience or self.patience)
            while self._watch.served is None:
                await self._watch.look_at_all(self.members)
                if self._watch.served is None:
                    await self._wait(spent)
        return self._watch.served

    async def ask(self, question: Question[Told]) -> Told:
        """Return the first answer to a question, whichever member gives it.

        Raises:
            ServiceUnavailable: no member can be asked, within the patience.
            ProtocolViolation: the last member turned out to be, or serve, something else.
            PinakesError: what a member says of the question itself.
        """
        await self.served()
        spent = Spent(self.patience)
        tried: set[Member] = set()
        error: PinakesError | None = None
        while True:
            member = self._soonest(question.items, tried)
            if member is None:
                await self._wait(spent, error)
                tried.clear()
                continue
            tried.add(member)
            try:
                return await self._answer(member, question, tried)
            except PASSING as failed:
                error = failed

    async def _answer(self, member: Member, question: Question[Told], tried: set[Member]) -> Told:
        async def ask(asked: Member) -> Told:
            return await self._asked(asked, question)

        if len(self.serving) == 1:
            return await ask(member)  # there is nobody else to ask
        late = Late(
            self.hedging.delay(question.items),
            second=lambda: self._second(question.items, tried),
            responds=self._watch.responds,
        )
        return await first_answer(ask, member, late)

    async def _asked(self, member: Member, question: Question[Told]) -> Told:
        started = time.monotonic()
        try:
            told = await member.ask(question.ask, question.items)
        except PASSING as error:
            self._watch.note(member, error)
            raise
        member.failures = 0
        self.hedging.answered(time.monotonic() - started, question.items)
        return told

    def _soonest(self, items: int, tried: set[Member]) -> Member | None:
        now = time.monotonic()
        free = [each for each in self.serving if each not in tried and each.resting_until <= now]
        return min(free, key=lambda each: each.wait(items), default=None)

    def _second(self, items: int, tried: set[Member]) -> Member | None:
        member = self._soonest(items, tried)
        if member is None or not self.hedging.allow():
            return None
        tried.add(member)
        return member

    async def _wait(self, spent: Spent, error: PinakesError | None = None) -> None:
        """Wait until a member may be asked, or raise when that is hopeless or the patience at its end."""
        states = {member.state for member in self.members}
        error = error or self._last_error()
        if states & {State.SERVING, State.LOADING, State.JOINING}:
            now = time.monotonic()
            pause = spent.on_busy(
                min((each.resting_until - now for each in self.serving), default=0.0), error
            )
        elif State.AWAY in states:
            pause = spent.on_away(self._all_away(error), slow=isinstance(error, TimedOut))
        else:
            raise error
        await self._watch.wait_for_change(pause)

    def _last_error(self) -> PinakesError:
        errors = [self._watch.errors[each] for each in self.members if each in self._watch.errors]
        return next(iter(errors), ServiceUnavailable("The fleet has no member."))

    def _all_away(self, error: PinakesError) -> PinakesError:
        if len(self.members) == 1:
            return error
        why = " ".join(member.why for member in self.members)
        away = ServiceUnavailable(f"No member of the fleet can be asked. {why}")
        away.__cause__ = error
        return away

    async def close(self) -> None:
        """Stop looking for members, and close their connections."""
        await self._watch.close()
        for member in self.members:
            await member.close()
