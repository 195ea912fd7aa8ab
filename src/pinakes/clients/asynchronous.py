"""The client that awaits: pictures and words through one server or a fleet, whatever they speak."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from types import TracebackType
from typing import Self, TypeVar

from pinakes.clients.exchange import Dialogue
from pinakes.clients.fleet import Fleet, Question
from pinakes.clients.forms import LocalPreprocess, arrays_of, form_of, identity_of
from pinakes.clients.hedging import Hedging
from pinakes.clients.member import Member, MemberHealth
from pinakes.clients.patience import Patience
from pinakes.clients.portions import Attempt, attempt, portions, portions_of
from pinakes.clients.protocols.base import Dialect, Labelled
from pinakes.clients.protocols.factory import open_dialect
from pinakes.clients.transport import Transport
from pinakes.core.errors import DeadlineExceeded, ImageRefused, InvalidRequest, PinakesError, TooLarge
from pinakes.core.settings import ClientSettings
from pinakes.core.types import Caption, ModelIdentity, Pixels, Reason, Refusal, Vector

Item = TypeVar("Item")
Made = TypeVar("Made")

#: Asks a dialect about items, one outcome each.
Ask = Callable[[Dialect, Sequence[Item]], Dialogue[list[Made | Refusal]]]


class AsyncClient:
    """Asks inference services with keep-alive, retries, and several requests at once; for one event loop.

    All embeddings of one client come from one model: a server that has another is left out.

    Args:
        service_url: base URL, or several separated by commas; that of the settings if None.
        settings: everything else, the protocol among it.
        preprocess: makes pixels of files, where these are sent.
        patience: how often requests are repeated; as the settings' `retries` if None.

    Raises:
        InvalidRequest: a base URL is none.
    """

    def __init__(
        self,
        service_url: str | None = None,
        settings: ClientSettings | None = None,
        *,
        preprocess: LocalPreprocess | None = None,
        patience: Patience | None = None,
    ) -> None:
        chosen = settings or ClientSettings()
        self.settings = (
            chosen.model_copy(update={"service_url": service_url}) if service_url is not None else chosen
        )
        self._preprocess = preprocess
        self.patience = patience or Patience(away=chosen.retries, busy=chosen.retries)
        members = [self._member(url) for url in self.settings.service_urls]
        if not members:
            raise InvalidRequest("No service URL is given.", remedy="Write it as http://host:port.")
        self._fleet = Fleet(members, self.patience, Hedging(chosen.hedge))
        self.most_items = members[0].dialect.most_items

    async def __aenter__(self) -> Self:
        """Return the client itself; nothing is opened before the first use."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the client."""
        await self.close()

    @property
    def at_once(self) -> int:
        """Requests to have in flight at once, now."""
        return self.settings.in_flight * max(1, len(self._fleet.serving))

    async def identity(self, patience: Patience | None = None) -> ModelIdentity:
        """Return the model that the services serve; asked for once.

        Raises:
            ServiceUnavailable: no service answers, or none gets ready, within the patience.
            ProtocolViolation: something else answers.
            Unauthorised: the service wants a key.
        """
        served = await self._fleet.served(patience)
        return identity_of(served, form_of(served, self.settings.send, self._preprocess), self._preprocess)

    async def embed(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
        """Embed encoded pictures; one unit-length float32 vector or refusal each, in order.

        Raises:
            ServiceUnavailable: the services went away and did not come back within the patience.
            ProtocolViolation: something else answered, or a model changed.
        """
        return (await self.attempt(images)).complete()

    async def attempt(self, images: Sequence[bytes]) -> Attempt[Vector | Refusal]:
        """Embed pictures as far as services answer; what they answered before they went away is kept."""
        if not images:
            return Attempt([], None)
        return await self._attempt(images, self.embed_portion, len)

    async def embed_each(
        self, images: Iterable[bytes] | AsyncIterable[bytes]
    ) -> AsyncIterator[Vector | Refusal]:
        """Embed pictures as they come, in order; no more of them are held than are in flight.

        Where it takes time to get a picture, hand in an asynchronous iterable: the other kind is read on the
        event loop. Raises as `embed`.
        """
        window: deque[asyncio.Task[list[Vector | Refusal]]] = deque()
        try:
            async for portion in portions_of(images, self.most_items, len):
                window.append(asyncio.create_task(self.embed_portion(portion.items)))
                if len(window) >= self.at_once:
                    for outcome in await window.popleft():
                        yield outcome
            while window:
                for outcome in await window.popleft():
                    yield outcome
        finally:
            for task in window:
                task.cancel()
            await asyncio.gather(*window, return_exceptions=True)

    async def takes_pixels(self) -> bool:
        """Whether pictures that were framed elsewhere may be sent as pixels; raises as `identity`."""
        served = await self._fleet.served()
        arrays = [form for form in served.forms if form != "files"]
        return arrays[:1] == ["pixels"] and self.settings.send != "files"

    async def embed_pixels(self, pictures: Sequence[Pixels]) -> list[Vector | Refusal]:
        """Embed framed pictures, uint8 sRGB (side, side, 3); raises as `embed`."""
        if not await self.takes_pixels():
            raise InvalidRequest("The service does not take pixels for this model.", remedy="Send files.")
        asking = self._asking(_ask_of_pixels)
        return (await self._attempt(pictures, asking, lambda each: each.nbytes)).complete()

    async def embed_texts(self, texts: Sequence[str]) -> list[Vector | Refusal]:
        """Embed words; raises as `embed`, and `InvalidRequest` where the model has no text side."""
        return (
            await self._attempt(texts, self._asking(lambda dialect, some: dialect.embed_texts(some)), len)
        ).complete()

    async def caption(self, images: Sequence[bytes]) -> list[Caption | Refusal]:
        """Describe pictures in words, one entry each, in order; raises as `embed_texts`."""
        return (
            await self._attempt(images, self._asking(lambda dialect, some: dialect.caption(some)), len)
        ).complete()

    async def label(
        self, images: Sequence[bytes], labels: Sequence[str]
    ) -> list[tuple[Labelled, ...] | Refusal]:
        """Judge how well labels fit each picture, best first; raises as `embed_texts`."""

        def ask(some: Sequence[bytes]) -> Awaitable[list[tuple[Labelled, ...] | Refusal]]:
            return self._answers(lambda dialect, portion: dialect.label(portion, labels), some)

        return (await self._attempt(images, ask, len)).complete()

    async def health(self) -> tuple[MemberHealth, ...]:
        """Say what is known of each service, in the order they were named; raises nothing."""
        return await self._fleet.health()

    async def follow(self, service_urls: Iterable[str]) -> None:
        """Let services at new URLs join, and those that are not named leave once they have answered."""
        wanted = [url.rstrip("/") for url in service_urls]
        present = [member.url for member in self._fleet.members]
        for url in dict.fromkeys(wanted):
            if url not in present:
                self._fleet.add(self._member(url))
        await asyncio.gather(*(self._fleet.remove(url) for url in present if url not in wanted))

    async def close(self) -> None:
        """Close the connections; the client may not be used afterwards."""
        await self._fleet.close()

    async def embed_portion(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
        """Embed no more pictures than go into one request; raises as `embed`."""
        served = await self._fleet.served()
        form = form_of(served, self.settings.send, self._preprocess)
        if form == "files" or self._preprocess is None:
            return await self._answers(lambda dialect, some: dialect.embed(some), images)
        arrays = await arrays_of(images, form, served.input_side or 0, self._preprocess)
        good = [array for array in arrays if not isinstance(array, Refusal)]
        found = iter(
            await self._answers(lambda dialect, some: dialect.embed_arrays(some), good) if good else []
        )
        return [array if isinstance(array, Refusal) else next(found) for array in arrays]

    async def _attempt(
        self,
        items: Sequence[Item],
        ask: Callable[[Sequence[Item]], Awaitable[list[Made | Refusal]]],
        size: Callable[[Item], int],
    ) -> Attempt[Made | Refusal]:
        if items:
            await self._fleet.served()  # how many services there are says how much to ask at once
        cut = portions(items, self.most_items, size)
        return await attempt(cut, len(items), ask, at_once=self.at_once)

    def _asking(self, ask: Ask[Item, Made]) -> Callable[[Sequence[Item]], Awaitable[list[Made | Refusal]]]:
        return lambda items: self._answers(ask, items)

    async def _answers(self, ask: Ask[Item, Made], items: Sequence[Item]) -> list[Made | Refusal]:
        """Ask in one request, or in several where a service finds one too large, too slow or unfit."""
        try:
            return await self._fleet.ask(Question(lambda dialect: ask(dialect, items), len(items)))
        except (TooLarge, DeadlineExceeded, ImageRefused) as error:
            if len(items) == 1:
                return [Refusal(_reason_of(error), error.sentence)]
        middle = len(items) // 2
        return await self._answers(ask, items[:middle]) + await self._answers(ask, items[middle:])

    def _member(self, url: str) -> Member:
        transport = Transport(url, api_key=self.settings.api_key, seconds=self.settings.seconds)
        return Member(transport, open_dialect(self.settings, transport.base_url))


def _ask_of_pixels(dialect: Dialect, pictures: Sequence[Pixels]) -> Dialogue[list[Vector | Refusal]]:
    return dialect.embed_arrays(pictures)


def _reason_of(error: PinakesError) -> Reason:
    if isinstance(error, ImageRefused):
        return Reason(error.reason)
    return Reason.TOO_SLOW if isinstance(error, DeadlineExceeded) else Reason.TOO_MANY_BYTES
