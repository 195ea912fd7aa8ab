"""HTTP to one server over kept-alive connections: every exchange bounded in time and bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
from pydantic import SecretStr

from pinakes.clients.exchange import Dialogue, Exchange, Reply, Told
from pinakes.clients.protocols.base import Dialect
from pinakes.clients.statuses import unavailable
from pinakes.core.errors import InvalidRequest, ServiceUnavailable

#: Time to find out that nothing answers, seconds.
CONNECT_SECONDS = 5.0

#: Time an idle connection is kept, seconds; shorter than the service keeps its end.
KEEP_ALIVE_SECONDS = 30.0

#: Time an answer may arrive after the time the service was given for it, seconds.
GRACE_SECONDS = 2.0

#: Hosts reached without the proxies that the environment may name.
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

#: Most bytes handed to the connection at once.
PIECE_BYTES = 2**20


#: Ways in which a connection ends before its answer does.
_BROKEN = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)


class TimedOut(ServiceUnavailable):
    """Raised when a service takes a request and does not answer it in the time it was given."""


class Transport:
    """Carries out exchanges with one base URL; for one event loop.

    Args:
        base_url: "http://host:port", possibly with a path.
        api_key: sent as a bearer key.
        seconds: time one exchange may take.

    Raises:
        InvalidRequest: the base URL is none.
    """

    def __init__(self, base_url: str, *, api_key: SecretStr | None, seconds: float) -> None:
        self.base_url = base_url.rstrip("/")
        self.seconds = seconds
        headers = {"Accept-Encoding": "identity"}
        key = api_key.get_secret_value().strip() if api_key is not None else ""
        if key:
            headers["Authorization"] = f"Bearer {key}"
        url = _checked(self.base_url)
        self._http = httpx.AsyncClient(
            base_url=url,
            headers=headers,
            timeout=httpx.Timeout(seconds + GRACE_SECONDS, connect=CONNECT_SECONDS),
            limits=httpx.Limits(keepalive_expiry=KEEP_ALIVE_SECONDS),
            trust_env=url.host not in LOOPBACK_HOSTS,  # what listens on this machine is behind no proxy
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def converse(
        self, dialect: Dialect, dialogue: Dialogue[Told], seconds: float | None = None
    ) -> Told:
        """Carry a dialogue out to its end and return what it was told.

        Cancelling closes the connection it waits on, so that the service may drop the work.

        Raises:
            ServiceUnavailable: nothing answers, or not in time.
            PinakesError: what the dialect makes of the replies.
        """
        try:
            exchange = next(dialogue)
            while True:
                reply = await self._once(dialect, exchange, seconds or self.seconds + GRACE_SECONDS)
                error = dialect.error_of(reply)
                exchange = dialogue.throw(error) if error is not None else dialogue.send(reply)
        except StopIteration as end:
            told: Told = end.value
            return told
        finally:
            dialogue.close()

    async def _once(self, dialect: Dialect, exchange: Exchange, seconds: float) -> Reply:
        try:
            async with asyncio.timeout(seconds):
                try:
                    return await self._receive(dialect, exchange)
                except _BROKEN:  # as a kept connection is that the service closed at this very moment
                    return await self._receive(dialect, exchange)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise TimedOut(
                f"The service at {self.base_url} did not answer in {seconds:g} s.",
                remedy="See what it is doing, or give it longer: PINAKES_CLIENT__SECONDS.",
            ) from error
        except httpx.TransportError as error:
            if isinstance(error, httpx.RemoteProtocolError) and "illegal" in str(error):
                raise dialect.violation("something that is not HTTP") from error
            raise unavailable(self.base_url, type(error).__name__) from error

    async def _receive(self, dialect: Dialect, exchange: Exchange) -> Reply:
        length = {"Content-Length": str(len(exchange.content))} if exchange.content else {}
        async with self._http.stream(
            exchange.method,
            exchange.path,
            content=_pieces(exchange.content),
            headers={**exchange.headers, **length},
        ) as response:
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > exchange.largest_answer:
                    raise dialect.violation(f"over {exchange.largest_answer:,} bytes")
            return Reply(response.status_code, response.headers, bytes(body))


def _checked(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise InvalidRequest(f"{base_url!r} is no URL: {error}.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise InvalidRequest(f"{base_url!r} is no service URL.", remedy="Write it as http://host:port.")
    return url


def _pieces(content: bytes) -> bytes | AsyncIterator[bytes]:
    """Return content so that a slow network is noticed piece by piece, not after the whole of it."""
    return content if len(content) <= PIECE_BYTES else _cut(content)


async def _cut(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), PIECE_BYTES):
        yield content[start : start + PIECE_BYTES]
