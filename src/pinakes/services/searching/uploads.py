"""Searches that bring their pictures: the parts of a multipart request."""

from __future__ import annotations

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from pinakes.core.errors import InvalidRequest, TooLarge, UnsupportedMedia
from pinakes.core.settings import ImageLimits
from pinakes.schemas.search import SearchRequest

#: Most pictures that one search brings.
MOST_FILES = 16

#: The part that holds the search itself, as JSON; further plain fields are those of the search.
SEARCH = "search"

_PLAIN = ("q", "limit", "offset", "by")


async def read_search(request: Request, limits: ImageLimits) -> tuple[SearchRequest, dict[str, bytes]]:
    """The search of a JSON or multipart body, and its pictures by the names of their parts.

    Raises:
        UnsupportedMedia: the body is neither.
        InvalidRequest: it is malformed; the message names the field.
        TooLarge: a picture is over the limit on bytes.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return _validated(await request.body()), {}
    if kind != "multipart/form-data":
        raise UnsupportedMedia(
            f"A search is application/json or multipart/form-data, not {kind or 'nothing'!a:.100}."
        )
    try:
        async with request.form(max_files=MOST_FILES, max_fields=8) as form:
            plain = {name: value for name, value in form.multi_items() if isinstance(value, str)}
            files = [(name, value) for name, value in form.multi_items() if isinstance(value, UploadFile)]
            return _fields(plain), await _pictures(files, limits)
    except HTTPException as error:
        raise InvalidRequest(f"The multipart body is malformed: {error.detail}") from error


def _fields(plain: dict[str, str]) -> SearchRequest:
    if SEARCH in plain:
        return _validated(plain[SEARCH])
    unknown = sorted(set(plain) - set(_PLAIN))
    if unknown:
        raise InvalidRequest(
            f"A search has no field {unknown[0]!a:.100}; it has {', '.join((SEARCH, *_PLAIN))}."
        )
    try:
        return SearchRequest.model_validate(plain)
    except ValidationError as error:
        raise _malformed(error) from error


def _validated(body: bytes | str) -> SearchRequest:
    try:
        return SearchRequest.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise _malformed(error) from error


def _malformed(error: ValidationError) -> InvalidRequest:
    first = error.errors()[0]
    return InvalidRequest(f"{'.'.join(map(str, first['loc'])) or 'The body'}: {first['msg']}.")


async def _pictures(files: list[tuple[str, UploadFile]], limits: ImageLimits) -> dict[str, bytes]:
    """Each picture by the name of its part; several of one name are numbered."""
    found: dict[str, bytes] = {}
    for name, file in files:
        encoded = await file.read(limits.max_bytes + 1)
        if len(encoded) > limits.max_bytes:
            raise TooLarge(
                f"The picture {name!a:.100} has more than {limits.max_bytes:,} bytes.",
                remedy="Send a smaller one, or raise PINAKES_IMAGES__MAX_BYTES.",
            )
        found[name if name not in found else f"{name}[{len(found)}]"] = encoded
    return found
