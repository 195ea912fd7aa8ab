"""Request bodies: read within the limits on bytes and on patience, whatever their headers declare."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator

from starlette.requests import Request

from pinakes.core.errors import TooLarge, UnsupportedMedia, UploadStalled
from pinakes.core.settings import InferenceSettings
from pinakes.serving.engine import Visit

#: Slowest upload that is waited for once its first `seconds` have passed, bytes a second.
SLOWEST_UPLOAD = 16 * 1024

#: Largest body that is taken apart on the event loop, bytes; a larger one would hold up other requests.
SMALL_BODY = 512 * 1024


def refuse_encoded(request: Request) -> None:
    """Raise `UnsupportedMedia` for a body that is compressed or otherwise encoded."""
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise UnsupportedMedia(f"Bodies in Content-Encoding {encoding} are not taken.")


async def read_body(request: Request, visit: Visit, limits: InferenceSettings) -> bytes:
    """Read a whole body, within the limits on bytes and on patience, whatever its headers declare.

    Raises:
        TooLarge: more than `limits.max_request_bytes` arrive.
        Overloaded: the engine holds too many bytes of bodies.
        UploadStalled: the body stops arriving, or comes too slowly.
        ClientDisconnect: the client went away.
    """
    return b"".join([chunk async for chunk in _bounded(request, visit, limits)])


async def _bounded(request: Request, visit: Visit, limits: InferenceSettings) -> AsyncGenerator[bytes, None]:
    """Yield the body's chunks, within the limits on bytes and on patience."""
    stream = request.stream()
    started = time.monotonic()
    received = 0
    while True:
        whole = min(limits.upload_seconds, limits.seconds + received / SLOWEST_UPLOAD)
        allowed = whole - (time.monotonic() - started)
        try:
            async with asyncio.timeout(max(0.0, min(allowed, limits.seconds))):
                chunk = await anext(stream, None)
        except TimeoutError as error:
            raise UploadStalled(f"The body stalled, or came too slowly, after {received:,} bytes.") from error
        if chunk is None:
            return
        received += len(chunk)
        if received > limits.max_request_bytes:
            raise TooLarge(f"The request is over {limits.max_request_bytes:,} bytes.")
        if received > visit.nbytes:
            visit.grow(received - visit.nbytes)
        yield chunk
