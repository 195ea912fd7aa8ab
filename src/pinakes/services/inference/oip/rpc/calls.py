"""What every call passes: its id, its key, its errors as status codes, its line in the log."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import grpc
from structlog.contextvars import bound_contextvars

from pinakes.core import logging
from pinakes.core.errors import InvalidRequest, PinakesError, UploadStalled
from pinakes.services.http.door import REQUEST_ID
from pinakes.services.http.keys import Keys
from pinakes.services.http.problems import headers_of, status_of
from pinakes.services.inference.access import PROBES, allowed_scopes
from pinakes.services.inference.asking import CLIENT_HEADER
from pinakes.services.inference.oip.errors import code_of
from pinakes.services.inference.oip.rpc.spans import CallSpans

#: Metadata that names a request, as the header of HTTP does.
REQUEST_ID_KEY = "x-request-id"

#: Longest name of a client, characters; as over HTTP.
LONGEST_CLIENT = 64


@dataclass(frozen=True, slots=True)
class Call:
    """One call as a method sees it, before its message is taken.

    Attributes:
        messages: what the client sends, serialised; one message, unless the method takes several.
        write: sends a serialised message, where the method answers with several.
        refused: takes note of an error that is told in a message, and returns the one to tell.
        patience: how long its message is waited for, seconds.
        deadline: when its client waits no longer, on the clock of `time.monotonic`; None for no such time.
        client: whose share of the machine it counts against.
        holder: whom the bytes of its message are counted by: a key's name or an address.
    """

    messages: AsyncIterator[bytes]
    write: Callable[[bytes], Awaitable[None]]
    refused: Callable[[Exception], PinakesError]
    patience: float
    deadline: float | None
    client: str
    holder: str

    @property
    def seconds_left(self) -> float | None:
        """What is left of its time now; None where it has no bound."""
        return None if self.deadline is None else self.deadline - time.monotonic()

    async def read(self) -> bytes:
        """Take the message.

        Raises:
            UploadStalled: it does not come.
            InvalidRequest: the client sends none.
        """
        try:
            return await asyncio.wait_for(anext(self.messages), self.patience)
        except TimeoutError as error:
            raise UploadStalled("The message did not arrive.") from error
        except StopAsyncIteration:
            raise InvalidRequest("The call brings no message.") from None


#: Answers a call with a serialised message, or with those that it writes itself.
Method = Callable[[Call], Awaitable[bytes | None]]


class CallDoor:
    """Stands before every method, as `services.http.door.Door` does before every route.

    Args:
        keys: who may call; none for anybody on this machine. Shared with HTTP, so that a key's pace is one.
        patience: how long a message is waited for, seconds.
        count_error: is told of every error that is answered.
        spans: traces every call but those that need no key.
    """

    def __init__(
        self, keys: Keys, *, patience: float, count_error: Callable[[PinakesError], object], spans: CallSpans
    ) -> None:
        self._keys = keys
        self._patience = patience
        self._count_error = count_error
        self._spans = spans

    def guarded(self, method: Method, *, name: str, path: str) -> Any:
        """A handler for `grpc` of a method; `path` is the one over HTTP that wants the same key.

        To `grpc` it is one of a stream of messages, which is the same on the wire: only so does it run
        before the message is taken, and can refuse one that it would have to hold in memory.
        """
        spans = CallSpans(None) if path in PROBES else self._spans

        async def handle(messages: AsyncIterator[bytes], context: Any) -> bytes | None:
            metadata = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
            request_id = _request_id(metadata)
            await context.send_initial_metadata(((REQUEST_ID_KEY, request_id),))
            began, code = time.monotonic(), "CANCELLED"
            span = spans.span(name, metadata, request_id)
            with bound_contextvars(request_id=request_id), span as note:
                try:
                    answer = await method(self._admitted(messages, metadata, context, name, path))
                    code = "OK"
                    return answer
                except asyncio.CancelledError:
                    raise
                except Exception as error:
                    told = self._refused(name, error)
                    code = code_of(told)
                    await _abort(context, told, code)
                    raise  # abort raises; this line only tells the type checker
                finally:
                    note(code)
                    _log(name, path, code, time.monotonic() - began)

        return handle

    def _admitted(
        self, messages: AsyncIterator[bytes], metadata: dict[str, str], context: Any, name: str, path: str
    ) -> Call:
        """The call, once it may pass. Raises as `Keys.admit`."""
        key, peer = "", context.peer()
        if self._keys and path not in PROBES:
            key = self._keys.admit(metadata.get("authorization", ""), allowed_scopes("POST", path)).name
        named = metadata.get(CLIENT_HEADER.lower(), "").strip()[:LONGEST_CLIENT]
        address = peer.rpartition(":")[0]  # without the port: as many connections as one likes share it
        left = context.time_remaining()
        return Call(
            messages,
            context.write,
            partial(self._refused, name),
            self._patience,
            None if left is None else time.monotonic() + left,
            client=key or named or peer,
            holder=key or address,
        )

    def _refused(self, name: str, error: Exception) -> PinakesError:
        """The error to show; one that was not raised on purpose is logged and shows nothing of itself."""
        told = _told(error, name)
        self._count_error(told)
        return told


async def _abort(context: Any, error: PinakesError, code: str) -> None:
    headers = headers_of(error, status_of(error))
    context.set_trailing_metadata(tuple((name.lower(), value) for name, value in headers.items()))
    await context.abort(getattr(grpc.StatusCode, code), error.sentence)


def _request_id(metadata: dict[str, str]) -> str:
    given = metadata.get(REQUEST_ID_KEY, "")
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _told(error: Exception, name: str) -> PinakesError:
    if isinstance(error, PinakesError):
        return error
    logging.get("services").error("unexpected-error", path=name, exc_info=error)
    return PinakesError(
        "The service failed on this request.", remedy="Its log tells more, under the request id."
    )


def _log(name: str, path: str, code: str, seconds: float) -> None:
    log = logging.get("services")
    write = log.debug if path in PROBES else log.info
    write("request", method="gRPC", path=name, status=code, ms=round(seconds * 1000, 1))
