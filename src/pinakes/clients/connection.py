"""One exchange with a service over a kept-alive connection: bounded, retried, its errors made ours again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import httpx
from pydantic import SecretStr, ValidationError

from pinakes.core.errors import (
    DeadlineExceeded,
    Forbidden,
    InvalidRequest,
    NotReady,
    Overloaded,
    PinakesError,
    ProtocolViolation,
    ServiceUnavailable,
    TooLarge,
    Unauthorised,
    UnsupportedMedia,
)
from pinakes.schemas.problem import PROBLEM_MEDIA_TYPE, Problem

#: Time to find out that nothing answers, seconds.
CONNECT_SECONDS = 5.0

#: Time an idle connection is kept, seconds; shorter than the service keeps its end.
KEEP_ALIVE_SECONDS = 30.0

#: Time an answer may arrive after the time the service was given for it, seconds.
GRACE_SECONDS = 2.0

#: Pauses before another attempt: the first, and the longest; each is twice the one before, seconds.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 4.0

#: Longest a service may ask its client to wait before another attempt, seconds.
LONGEST_RETRY_AFTER = 30.0

#: Hosts reached without the proxies that the environment may name.
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

#: Most bytes handed to the transport at once.
PIECE_BYTES = 2**20

#: Statuses with which a proxy says that what stands behind it is away.
AWAY_STATUSES = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patience:
    """How often an exchange is repeated: when nothing answers, and when the service is busy or loading."""

    away: int
    busy: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """What to ask, and how large the answer may be in bytes."""

    method: str
    path: str
    largest_answer: int
    headers: Mapping[str, str]
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer; header names are found whatever their case."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def media_type(self) -> str:
        """Media type of the body, lower case, without parameters."""
        declared: str = self.headers.get("content-type", "")
        return declared.partition(";")[0].strip().lower()

    def problem(self) -> Problem | None:
        """The problem this answer is, or None."""
        if self.media_type != PROBLEM_MEDIA_TYPE:
            return None
        try:
            return Problem.model_validate_json(self.body)
        except ValidationError:
            return None


class Connection:
    """HTTP to one base URL; safe to use from several threads.

    Args:
        base_url: "http://host:port", possibly with a path.
        api_key: sent as a bearer key.
        seconds: time one exchange may take.
        sleep: how to pause between attempts.

    Raises:
        InvalidRequest: the base URL is none.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: SecretStr | None,
        seconds: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._seconds = seconds
        self._sleep = sleep
        headers = {"Accept-Encoding": "identity"}
        key = api_key.get_secret_value().strip() if api_key is not None else ""
        if key:
            headers["Authorization"] = f"Bearer {key}"
        url = _checked(self.base_url)
        self._http = httpx.Client(
            base_url=url,
            headers=headers,
            timeout=httpx.Timeout(seconds + GRACE_SECONDS, connect=CONNECT_SECONDS),
            limits=httpx.Limits(keepalive_expiry=KEEP_ALIVE_SECONDS),
            trust_env=url.host not in LOOPBACK_HOSTS,  # what listens on this machine is behind no proxy
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(self, exchange: Exchange, patience: Patience) -> Reply:
        """Return the answer with status 200, or one that refuses what was asked for good reason.

        Only a `Problem` that lists refused pictures comes back with another status than 200.

        Raises:
            ServiceUnavailable: nothing answers, or the service stayed busy, through all attempts.
            ProtocolViolation: something else than this service answers.
            Unauthorised, Forbidden, InvalidRequest, TooLarge, UnsupportedMedia, DeadlineExceeded: as the
                service says.
        """
        away = busy = 0
        while True:
            try:
                return self._once(exchange)
            except ServiceUnavailable as error:
                timed_out = isinstance(error.__cause__, httpx.TimeoutException)
                away += max(1, patience.away) if timed_out else 1  # time was lost: one more attempt at most
                if away > patience.away:
                    raise
                self._sleep(_pause(away))
            except (Overloaded, NotReady) as error:
                busy += 1
                if busy > patience.busy:
                    raise ServiceUnavailable(f"The service at {self.base_url} stays busy: {error}") from error
                self._sleep(max(_pause(busy), min(error.retry_after, LONGEST_RETRY_AFTER)))

    def _once(self, exchange: Exchange) -> Reply:
        until = time.monotonic() + self._seconds + GRACE_SECONDS
        try:
            reply = self._receive(exchange, until)
        except httpx.TransportError as error:
            if isinstance(error, httpx.RemoteProtocolError) and "illegal" in str(error):
                raise self.violation("something that is not HTTP") from error
            raise self._unavailable(type(error).__name__) from error
        if reply.status != 200:
            self._raise_for(reply)
        return reply

    def _receive(self, exchange: Exchange, until: float) -> Reply:
        length = {"Content-Length": str(len(exchange.content))} if exchange.content else {}
        with self._http.stream(
            exchange.method,
            exchange.path,
            content=_pieces(exchange.content),
            headers={**exchange.headers, **length},
        ) as response:
            body = bytearray()
            for chunk in response.iter_raw():
                body += chunk
                if len(body) > exchange.largest_answer:
                    raise self.violation(f"over {exchange.largest_answer:,} bytes")
                if time.monotonic() > until:
                    raise self._unavailable("the answer does not end")
            return Reply(response.status_code, response.headers, bytes(body))

    def _raise_for(self, reply: Reply) -> None:
        problem = reply.problem()
        if problem is None:
            raise self._wordless(reply)
        if problem.refused is None:
            raise self._error_of(problem)

    def _wordless(self, reply: Reply) -> PinakesError:
        """Return the error for a status that came without a problem."""
        if reply.status == HTTPStatus.SERVICE_UNAVAILABLE and b'"failed"' in reply.body:
            return self._unavailable("its model could not be loaded")
        if reply.status == HTTPStatus.SERVICE_UNAVAILABLE and b'"status"' in reply.body:
            return NotReady("Its model cannot serve yet.")
        if reply.status in AWAY_STATUSES:
            return self._unavailable(f"status {reply.status}")
        return self.violation(f"status {reply.status} ({reply.media_type or 'no media type'})")

    def _error_of(self, problem: Problem) -> PinakesError:
        """Return the error that the service raised, as its class here."""
        kind = _KINDS.get(problem.code)
        if problem.status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
            return self.violation(f"status {problem.status} ({problem.detail})")
        if problem.code == Overloaded.code:
            return Overloaded(problem.detail, retry_after=problem.retry_after or FIRST_PAUSE)
        if problem.code == NotReady.code:
            return NotReady(problem.detail, retry_after=problem.retry_after or FIRST_PAUSE)
        if problem.code == Unauthorised.code:
            return Unauthorised(
                f"The service at {self.base_url} wants a key.", remedy="Set PINAKES_CLIENT__API_KEY."
            )
        return kind(problem.detail, remedy=problem.remedy) if kind else self._unavailable(problem.detail)

    def violation(self, what: str) -> ProtocolViolation:
        """Return the error for an answer that this service would not give."""
        return ProtocolViolation(
            f"What answers at {self.base_url} is no Pinakes inference service: it sent {what}.",
            remedy="Check the service URL.",
        )

    def _unavailable(self, why: str) -> ServiceUnavailable:
        return ServiceUnavailable(
            f"No inference service answers at {self.base_url} ({why}).",
            remedy="Start one with `pinakes serve inference`, or embed with --mode local.",
        )


#: Errors that a service names and that its client raises again as they are.
_KINDS: dict[str, type[PinakesError]] = {
    kind.code: kind for kind in (DeadlineExceeded, Forbidden, InvalidRequest, TooLarge, UnsupportedMedia)
}


def _checked(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise InvalidRequest(f"{base_url!r} is no URL: {error}.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise InvalidRequest(f"{base_url!r} is no service URL.", remedy="Write it as http://host:port.")
    return url


def _pieces(content: bytes) -> bytes | Iterator[bytes]:
    """Return content so that the transport, which copies what is left after every send, stays linear."""
    if len(content) <= PIECE_BYTES:
        return content
    return (content[start : start + PIECE_BYTES] for start in range(0, len(content), PIECE_BYTES))


def _pause(attempt: int) -> float:
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (attempt - 1))
