"""Bodies of decoded pixels: one array in NumPy's .npy format, read without copying it or running anything.

The format is described in numpy.lib.format: a magic string, a version, the length of a header, and the
header, a Python literal that is parsed here as a literal only. Nothing of it is believed before it fits the
body.
"""

from __future__ import annotations

import ast
import math
import re
from typing import Any

import numpy as np

from pinakes.core.errors import InvalidRequest, TooLarge
from pinakes.core.types import Pixels
from pinakes.services.inference.native.question import Fields, Form, Question, refuse_over

#: Begins every .npy file; its version follows, a byte each for major and minor.
MAGIC = b"\x93NUMPY"

#: Bytes that hold the header's length, by major version.
LENGTH_BYTES = {1: 2, 2: 4, 3: 4}

#: Longest header that is parsed, bytes; NumPy writes 118 for an array of four axes.
LONGEST_HEADER = 1024

#: How the type of a uint8 array may be written.
UINT8 = re.compile(r"[|<>=]?u1")


def question_of_pixels(body: bytes, form: Form[Fields]) -> Question[Fields]:
    """Take an array of pictures apart: uint8 sRGB (n, height, width, 3), or (height, width, 3) for one.

    The pictures are views of the body.

    Raises:
        InvalidRequest: it is no such array, or the body has more or fewer bytes than it.
        TooLarge: it holds too many pictures, or one of more pixels than a call of the model may have.
    """
    shape, start = _described(body)
    if len(shape) not in (3, 4) or shape[-1] != 3 or 0 in shape[-3:]:
        raise InvalidRequest(
            f"Pixels have the shape (n, height, width, 3) or (height, width, 3), not {shape}."
        )
    count = shape[0] if len(shape) == 4 else 1
    refuse_over(form.limits.max_items, count)
    height, width = shape[-3:-1]
    if height * width > form.limits.max_batch_pixels:
        raise TooLarge(
            f"A picture has {height * width:,} pixels; at most {form.limits.max_batch_pixels:,} are taken.",
            remedy="Reduce it to what the model looks at, or send the file.",
        )
    if math.prod(shape) != len(body) - start:
        raise InvalidRequest(
            f"Pixels of shape {shape} are {math.prod(shape):,} bytes, not {len(body) - start:,}."
        )
    pictures: Pixels = np.frombuffer(body, dtype=np.uint8, offset=start).reshape(count, *shape[-3:])
    return form.question(list(pictures), [], [None] * count, form.fields({}))


def _described(body: bytes) -> tuple[tuple[int, ...], int]:
    """Return the shape that the header tells, and where the numbers begin."""
    if body[:6] != MAGIC or len(body) < 8 or body[6] not in LENGTH_BYTES:
        raise InvalidRequest("The body is no array in NumPy's .npy format.")
    begin = 8 + LENGTH_BYTES[body[6]]
    length = int.from_bytes(body[8:begin], "little")
    if length > LONGEST_HEADER or len(body) < begin + length:
        raise InvalidRequest("The header of the .npy array is too long, or breaks off.")
    header = _literal(body[begin : begin + length])
    described = str(header.get("descr"))
    if not UINT8.fullmatch(described) or header.get("fortran_order") is not False:
        raise InvalidRequest(f"Pixels are uint8 in C order, not {described[:40]}.")
    shape = header.get("shape")
    if not isinstance(shape, tuple) or not all(type(side) is int and 0 <= side < 2**31 for side in shape):
        raise InvalidRequest("The header of the .npy array tells no shape.")
    return shape, begin + length


def _literal(header: bytes) -> dict[Any, Any]:
    try:
        found = ast.literal_eval(header.decode("latin-1").strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise InvalidRequest("The header of the .npy array does not parse.") from error
    if not isinstance(found, dict):
        raise InvalidRequest("The header of the .npy array is none.")
    return found
