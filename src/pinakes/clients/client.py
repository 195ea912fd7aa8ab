"""The client that waits: the same calls as `AsyncClient`, for threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from pinakes.clients.asynchronous import AsyncClient
from pinakes.clients.forms import LocalPreprocess
from pinakes.clients.loop import LoopThread
from pinakes.clients.member import MemberHealth
from pinakes.clients.patience import Patience
from pinakes.clients.portions import Attempt, portions
from pinakes.clients.protocols.base import Labelled
from pinakes.core.settings import ClientSettings
from pinakes.core.types import Caption, ModelIdentity, Pixels, Refusal, Vector


class Client:
    """Implements every seam of embedding and captioning over any protocol; safe to use from many threads.

    Takes and raises what `AsyncClient` does, whose calls it carries out on a thread of its own.
    """

    def __init__(
        self,
        service_url: str | None = None,
        settings: ClientSettings | None = None,
        *,
        preprocess: LocalPreprocess | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._remote = AsyncClient(service_url, settings, preprocess=preprocess, patience=patience)
        self._loop = LoopThread()

    def __enter__(self) -> Self:
        """Return the client itself; nothing is opened before the first use."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the client."""
        self.close()

    @property
    def patience(self) -> Patience:
        """How often requests are repeated."""
        return self._remote.patience

    @property
    def identity(self) -> ModelIdentity:
        """The model that the services serve; asked for once. See `AsyncClient.identity`."""
        return self._loop.run(self._remote.identity())

    def look(self, patience: Patience) -> ModelIdentity:
        """Return the identity, asking with a patience of its own; raises as `identity` does."""
        return self._loop.run(self._remote.identity(patience))

    def embed(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
        """Embed pictures; see `AsyncClient.embed`. A refusal's detail may be shorter than in process."""
        return self._loop.run(self._remote.embed(images))

    def attempt(self, images: Sequence[bytes]) -> Attempt[Vector | Refusal]:
        """Embed pictures as far as services answer; what they answered before they went away is kept."""
        return self._loop.run(self._remote.attempt(images))

    def embed_each(self, images: Iterable[bytes]) -> Iterator[Vector | Refusal]:
        """Embed pictures as they come, in order; no more of them are held than are in flight."""
        window: deque[Future[list[Vector | Refusal]]] = deque()
        try:
            for portion in portions(images, self._remote.most_items, len):
                window.append(self._loop.submit(self._remote.embed_portion(portion.items)))
                if len(window) >= self._remote.at_once:
                    yield from window.popleft().result()
            while window:
                yield from window.popleft().result()
        finally:
            for future in window:
                future.cancel()

    def takes_pixels(self) -> bool:
        """Whether framed pictures may be sent; see `AsyncClient.takes_pixels`."""
        return self._loop.run(self._remote.takes_pixels())

    def embed_pixels(self, pictures: Sequence[Pixels]) -> list[Vector | Refusal]:
        """Embed framed pictures; see `AsyncClient.embed_pixels`."""
        return self._loop.run(self._remote.embed_pixels(pictures))

    def embed_texts(self, texts: Sequence[str]) -> list[Vector | Refusal]:
        """Embed words; see `AsyncClient.embed_texts`."""
        return self._loop.run(self._remote.embed_texts(texts))

    def caption(self, images: Sequence[bytes]) -> list[Caption | Refusal]:
        """Describe pictures in words; see `AsyncClient.caption`."""
        return self._loop.run(self._remote.caption(images))

    def label(self, images: Sequence[bytes], labels: Sequence[str]) -> list[tuple[Labelled, ...] | Refusal]:
        """Judge how well labels fit each picture; see `AsyncClient.label`."""
        return self._loop.run(self._remote.label(images, labels))

    def health(self) -> tuple[MemberHealth, ...]:
        """Say what is known of each service; see `AsyncClient.health`."""
        return self._loop.run(self._remote.health())

    def follow(self, service_urls: Iterable[str]) -> None:
        """Let services join and leave; see `AsyncClient.follow`."""
        self._loop.run(self._remote.follow(service_urls))

    def close(self) -> None:
        """Close the connections and end the thread; the client may not be used afterwards."""
        if self._loop.started:
            self._loop.run(self._remote.close())
        self._loop.close()
