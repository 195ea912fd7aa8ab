"""Request bodies to questions: taken apart by their media type, once they are read."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from starlette.requests import Request

from pinakes.core.errors import UnsupportedMedia
from pinakes.core.settings import InferenceSettings
from pinakes.services.inference.bodies import SMALL_BODY, read_body, refuse_encoded
from pinakes.services.inference.multipart import boundary_of
from pinakes.services.inference.native.json_questions import question_of_json
from pinakes.services.inference.native.part_questions import LISTS, question_of_parts
from pinakes.services.inference.native.pixel_questions import question_of_pixels
from pinakes.services.inference.native.question import Fields, Form, Question, Unpack
from pinakes.serving.engine import Visit

#: Media type of several parts.
PARTS = "multipart/form-data"

#: Media type of pixels.
NPY = "application/x-npy"

#: Fields that may stand in the query, for bodies that have no place for them.
QUERY_FIELDS = ("model", "top_k", *LISTS)


async def read_question(
    request: Request, visit: Visit, limits: InferenceSettings, schema: type[Fields]
) -> Question[Fields]:
    """Read and unpack a body of 1 to `limits.max_items` inputs, and the route's fields in it or in the query.

    Raises:
        UnsupportedMedia: the media type is none of those that are taken.
        InvalidRequest: the body is malformed, or holds no input; names the field or index.
        TooLarge: too many bytes or inputs.
        Overloaded: the engine holds too many bytes of bodies.
        UploadStalled: the body stops arriving.
        ClientDisconnect: the client went away.
    """
    refuse_encoded(request)
    unpack: Unpack[Fields] = _unpacker(_declared(request))
    form = Form(schema, _query(request, schema), limits)
    body = await read_body(request, visit, limits)
    if len(body) <= SMALL_BODY:
        return unpack(body, form)
    return await asyncio.to_thread(unpack, body, form)


def has_fields(request: Request) -> bool:
    """Whether a request's body has a place for fields, such as the model's name."""
    media = _media(_declared(request))
    return media == PARTS or _is_json(media)


def _declared(request: Request) -> str:
    return request.headers.get("content-type", "application/octet-stream")


def _media(declared: str) -> str:
    return declared.partition(";")[0].strip().lower()


def _is_json(media: str) -> bool:
    return media == "application/json" or media.endswith("+json")


def _query(request: Request, schema: type[Fields]) -> dict[str, Any]:
    query = request.query_params
    present = [name for name in QUERY_FIELDS if name in query and name in schema.model_fields]
    return {name: query.getlist(name) if name in LISTS else query[name] for name in present}


def _unpacker(declared: str) -> Unpack[Fields]:
    """Return what takes bodies of a Content-Type apart, before any of the body is read."""
    media = _media(declared)
    if media == PARTS:
        return partial(question_of_parts, boundary_of(declared))
    if _is_json(media):
        return question_of_json
    if media in (NPY, "application/npy"):
        return question_of_pixels
    if media == "application/octet-stream" or media.startswith("image/"):
        return _one_picture
    raise UnsupportedMedia(
        f"Bodies of type {media or 'unknown'} are not taken.",
        remedy="Send multipart/form-data with parts named images, application/json, image/* bytes, "
        f"or {NPY}.",
    )


def _one_picture(body: bytes, form: Form[Fields]) -> Question[Fields]:
    return form.question([body], [], [None], form.fields({}))
