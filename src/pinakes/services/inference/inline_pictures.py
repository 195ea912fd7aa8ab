"""Pictures written into JSON: base64, alone or in a data: URI; never an address to fetch from."""

from __future__ import annotations

import base64
import binascii

from pinakes.services.inference.asked import InvalidField

#: Beginnings of what could only be fetched, which a service that its callers do not own must not do.
ADDRESSES = ("http://", "https://", "file://", "ftp://", "s3://", "gs://")


def picture_of(written: object, field: str) -> bytes:
    """Return the encoded bytes of one picture.

    Args:
        written: base64, possibly with line breaks, plain or in a data: URI.
        field: where it stands in the request, such as `input[3]`, for the error.

    Raises:
        InvalidField: it is no text, an address, or not base64.
    """
    if not isinstance(written, str):
        raise InvalidField(field, f"{field} must be the base64 of a picture.")
    if written[:8].lower().startswith(ADDRESSES):
        raise InvalidField(
            field,
            f"{field} is the address of a picture, and this service fetches nothing.",
            remedy="Send the picture itself, as a data: URI or base64.",
        )
    return _decoded(_content(written, field), field)


def _content(written: str, field: str) -> str:
    if written[:5].lower() != "data:":
        return written
    head, comma, content = written.partition(",")
    if not comma or not head.lower().endswith(";base64"):
        raise InvalidField(field, f"{field} is a data: URI that is not base64.")
    return content


def _decoded(text: str, field: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        pass  # line breaks, perhaps: encoders that follow MIME put them in
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidField(
            field, f"{field} is not base64: {error}.", remedy="Send a data: URI or base64."
        ) from error
