"""Request bodies to pictures: multipart, JSON with base64, or the bytes of one picture."""

from __future__ import annotations

import asyncio
import base64
import binascii
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice

from pydantic import ValidationError
from starlette.requests import Request

from pinakes.core.errors import InvalidRequest, TooLarge, UnsupportedMedia, UploadStalled
from pinakes.core.settings import InferenceSettings
from pinakes.schemas.embeddings import EmbedRequest
from pinakes.services.inference.multipart import boundary_of, parts_of
from pinakes.serving.engine import Visit

#: Names of multipart parts that hold pictures.
PART_NAMES = frozenset({"images", "images[]", "image", "files", "files[]", "file"})

#: Slowest upload that is waited for once its first `seconds` have passed, bytes a second.
SLOWEST_UPLOAD = 16 * 1024

#: Largest body that is taken apart on the event loop, bytes; a larger one would hold up other requests.
SMALL_BODY = 512 * 1024


#: Takes a whole body apart into at most so many pictures.
Unpack = Callable[[bytes, int], "list[NamedImage]"]


@dataclass(frozen=True, slots=True)
class NamedImage:
    """One picture of a request: its encoded bytes and what the caller calls it."""

    encoded: bytes
    name: str | None


async def read_images(request: Request, visit: Visit, limits: InferenceSettings) -> list[NamedImage]:
    """Read and unpack a body of 1 to `limits.max_items` pictures.

    Raises:
        UnsupportedMedia: the media type is none of the three that are taken.
        InvalidRequest: the body is malformed, or holds no picture; names the field or index.
        TooLarge: too many bytes or pictures.
        Overloaded: the engine holds too many bytes of bodies.
        UploadStalled: the body stops arriving.
        ClientDisconnect: the client went away.
    """
    refuse_encoded(request)
    unpack = _unpacker(request.headers.get("content-type", "application/octet-stream"))
    body = await read_body(request, visit, limits)
    if len(body) <= SMALL_BODY:
        images = unpack(body, limits.max_items)
    else:
        images = await asyncio.to_thread(unpack, body, limits.max_items)
    if not images:
        raise InvalidRequest("The request holds no picture.", remedy="Send at least one as `images`.")
    return images


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
        UploadStalled: the body stops arriving.
        ClientDisconnect: the client went away.
    """
    return b"".join([chunk async for chunk in _bounded(request, visit, limits)])


def _unpacker(declared: str) -> Unpack:
    """Return what takes bodies of a Content-Type apart, before any of the body is read."""
    media = declared.partition(";")[0].strip().lower()
    if media == "multipart/form-data":
        return partial(_images_of_parts, boundary_of(declared))
    if media == "application/json" or media.endswith("+json"):
        return images_of_json
    if media == "application/octet-stream" or media.startswith("image/"):
        return _one_image
    raise UnsupportedMedia(
        f"Bodies of type {media or 'unknown'} are not taken.",
        remedy="Send multipart/form-data with parts named images, application/json, or image/* bytes.",
    )


async def _bounded(request: Request, visit: Visit, limits: InferenceSettings) -> AsyncGenerator[bytes, None]:
    """Yield the body's chunks, within the limits on bytes and on patience."""
    stream = request.stream()
    started = time.monotonic()
    received = 0
    while True:
        allowed = limits.seconds + received / SLOWEST_UPLOAD - (time.monotonic() - started)
        try:
            async with asyncio.timeout(max(0.0, min(allowed, limits.seconds))):
                chunk = await anext(stream, None)
        except TimeoutError as error:
            raise UploadStalled(f"The body stopped after {received:,} bytes.") from error
        if chunk is None:
            return
        received += len(chunk)
        if received > limits.max_request_bytes:
            raise TooLarge(f"The request is over {limits.max_request_bytes:,} bytes.")
        if received > visit.nbytes:
            visit.grow(received - visit.nbytes)
        yield chunk


def _one_image(body: bytes, _most: int) -> list[NamedImage]:
    return [NamedImage(body, None)]


def _images_of_parts(boundary: bytes, body: bytes, most: int) -> list[NamedImage]:
    parts = list(islice(parts_of(body, boundary), most + 1))
    _refuse_over(most, len(parts))
    for part in parts:
        if part.name not in PART_NAMES:
            raise InvalidRequest(f"Part {part.name!r} is not known.", remedy="Name the parts `images`.")
        if part.filename is None:
            raise InvalidRequest(
                f"Part {part.name!r} is a text field.", remedy="Send it as a file, with a filename."
            )
    return [NamedImage(part.content, part.filename or None) for part in parts]


def images_of_json(body: bytes, most: int) -> list[NamedImage]:
    """Return at most `most` pictures of a JSON body `{"images": [base64 | {"data": base64, "name": …}, …]}`.

    Raises:
        InvalidRequest: it does not parse; names the index of the picture at fault.
        TooLarge: it holds more.
    """
    try:
        parsed = EmbedRequest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"][:2]) or "the body"
        raise InvalidRequest(f"In the JSON, {where}: {first['msg']}.") from error
    _refuse_over(most, len(parsed.images))
    return [
        NamedImage(_decoded(index, image), None)
        if isinstance(image, str)
        else NamedImage(_decoded(index, image.data), image.name)
        for index, image in enumerate(parsed.images)
    ]


def _decoded(index: int, text: str) -> bytes:
    """Return the bytes of base64, possibly in a data: URI and with line breaks."""
    if text.startswith("data:"):
        header, _, text = text.partition(",")
        if not header.endswith(";base64"):
            raise InvalidRequest(f"images.{index} is a data: URI that is not base64.")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidRequest(f"images.{index} is not base64: {error}.") from error


def _refuse_over(most: int, count: int) -> None:
    if count > most:
        raise TooLarge(f"The request holds over {most} pictures.", remedy="Send it in several.")
