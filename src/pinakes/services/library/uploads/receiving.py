"""Bodies on their way to disk: in pieces, hashed as they come, within limits on bytes and patience."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from pinakes.core.errors import InvalidRequest, TooLarge, UnsupportedMedia, UploadStalled
from pinakes.images import formats

#: Bytes that are written and hashed at a time, outside of the event loop.
PIECE = 2**20

#: Longest silence of a sender, seconds, and the slowest upload that is waited for after it, bytes a second.
SILENCE, SLOWEST = 30.0, 16 * 1024

#: Longest time in which the rest of a refused body is thrown away, seconds.
DISCARDING = 5.0


@dataclass(frozen=True, slots=True)
class Received:
    """What arrived: SHA-256 in hexadecimal digits, and bytes."""

    sha256: str
    nbytes: int


async def receive(
    request: Request, file: FileIO, *, name: str, most: int, is_picture: bool = True
) -> Received:
    """Write the body of a request to a file, and wait until it is on disk.

    Raises:
        UnsupportedMedia: it is to be a picture, and neither its first bytes nor the suffix of `name` are
            those of one.
        TooLarge: more than `most` bytes arrive.
        InvalidRequest: nothing arrives.
        UploadStalled: it stops arriving, or comes too slowly.
        ClientDisconnect: the sender went away.
        OSError: it cannot be written.
    """
    digest, nbytes, known = hashlib.sha256(), 0, not is_picture

    def write(piece: bytes) -> None:
        digest.update(piece)
        rest = memoryview(piece)
        while rest:
            rest = rest[file.write(rest) :]

    async for piece in _pieces(request):
        if not known:
            check_begin(piece, name)
            known = True
        nbytes += len(piece)
        if nbytes > most:
            raise TooLarge(f"{name} has more than {most:,} bytes, which is the most that is taken.")
        await run_in_threadpool(write, piece)
    if not nbytes:
        raise InvalidRequest(f"{name} is empty.", remedy="Choose the file once more, or restore it.")
    return Received(digest.hexdigest(), nbytes)


def check_begin(prefix: bytes, name: str) -> None:
    """Refuse what begins as no picture does.

    Raises:
        UnsupportedMedia: neither the first bytes nor the suffix of the name promise one.
    """
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if not formats.is_picture_name(suffix) and formats.sniff(prefix[: formats.PREFIX_BYTES]) is None:
        raise UnsupportedMedia(f"{name} is no picture.")


async def discard(request: Request) -> None:
    """Throw away what is left of a body, for a while, so that the sender gets to read why it is refused."""
    # A connection that is closed on a sender in the middle of its body may lose it the answer.
    with suppress(TimeoutError, ClientDisconnect, RuntimeError):
        async with asyncio.timeout(DISCARDING):
            async for _ in request.stream():
                pass


async def _pieces(request: Request) -> AsyncGenerator[bytes]:
    held = bytearray()
    async for chunk in _paced(request):
        held += chunk
        if len(held) >= PIECE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


async def _paced(request: Request) -> AsyncGenerator[bytes]:
    stream, started, nbytes = request.stream(), time.monotonic(), 0
    while True:
        left = SILENCE + nbytes / SLOWEST - (time.monotonic() - started)
        try:
            async with asyncio.timeout(max(0.0, min(SILENCE, left))):
                chunk = await anext(stream, None)
        except TimeoutError as error:
            raise UploadStalled(
                f"The file stopped arriving, or came too slowly, after {nbytes:,} bytes.",
                remedy="Try it again over a better connection.",
            ) from error
        if chunk is None:
            return
        nbytes += len(chunk)
        yield chunk
