import io
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.core.errors import InvalidRequest, TooLarge
from pinakes.core.settings import InferenceSettings
from pinakes.schemas.embeddings import EmbedRequest
from pinakes.services.inference.native.pixel_questions import question_of_pixels
from pinakes.services.inference.native.question import Form

FORM = Form(EmbedRequest, {}, InferenceSettings(max_items=4))
NUMBERS = np.arange(2 * 5 * 4 * 3, dtype=np.uint8).reshape(2, 5, 4, 3)


def npy(array: np.ndarray[Any, Any], *, pickled: bool = False) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=pickled)
    return stream.getvalue()


def headed(header: bytes, numbers: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    return b"\x93NUMPY" + version + struct.pack("<H", len(header)) + header + numbers


def test_several_pictures_are_views_of_the_body() -> None:
    body = npy(NUMBERS)
    question = question_of_pixels(body, FORM)
    assert np.array_equal(np.stack(question.inputs), NUMBERS)  # type: ignore[arg-type]
    assert all(isinstance(entry, np.ndarray) and not entry.flags.owndata for entry in question.inputs)
    assert question.names == [None, None]


def test_one_picture_needs_no_axis_of_its_own() -> None:
    assert np.array_equal(question_of_pixels(npy(NUMBERS[0]), FORM).inputs[0], NUMBERS[0])  # type: ignore[arg-type]


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_every_version_of_the_format(version: tuple[int, int]) -> None:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, NUMBERS, version=version)
    assert len(question_of_pixels(stream.getvalue(), FORM).inputs) == 2


SHAPE = b"{'descr': '|u1', 'fortran_order': False, 'shape': %s}"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "npy"),
        (b"\x93NUMPY", "npy"),
        (b"\x93NUMPY\x09\x00\x00\x00", "npy"),
        (b"\x93NUMPY\x01\x00\xff\xff{", "too long"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff{", "too long"),
        (npy(NUMBERS)[:-1], "bytes"),
        (npy(NUMBERS) + b"x", "bytes"),
        (npy(NUMBERS.astype(np.float32)), "uint8"),
        (npy(NUMBERS.astype(np.int8)), "uint8"),
        (npy(np.asfortranarray(NUMBERS)), "C order"),
        (npy(np.array([{"a": 1}], dtype=object), pickled=True), "uint8"),
        (npy(NUMBERS[..., :2]), "shape"),
        (npy(NUMBERS[0, 0]), "shape"),
        (npy(NUMBERS[:, :0]), "shape"),
        (npy(NUMBERS[:0]), "no picture"),
        (headed(SHAPE % b"(4, 99999999999, 99999999999, 3)"), "no shape"),
        (headed(SHAPE % b"(4, 4000, 4000, 3)"), "bytes"),
        (headed(SHAPE % b"(-1, -1, -1, 3)", b"x" * 3), "no shape"),
        (headed(SHAPE % b"(True, True, 3)", b"x" * 3), "no shape"),
        (headed(SHAPE % b"[1, 1, 3]", b"x" * 3), "no shape"),
        (headed(b"__import__('os').abort()"), "parse"),
        (headed(b"(" * 500), "parse"),
        (headed(b"[]"), "none"),
        (headed(b"\xff\x00"), "parse"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_made(body: bytes, told: str) -> None:
    with pytest.raises(InvalidRequest, match=told):
        question_of_pixels(body, FORM)


def test_a_picture_of_more_pixels_than_a_batch_may_have_is_too_large() -> None:
    with pytest.raises(TooLarge, match="pixels"):
        question_of_pixels(headed(SHAPE % b"(4, 2147483647, 2147483647, 3)"), FORM)


def test_too_many_pictures_are_too_large() -> None:
    with pytest.raises(TooLarge):
        question_of_pixels(npy(np.zeros((5, 1, 1, 3), np.uint8)), FORM)


@given(st.binary(max_size=64), st.binary(max_size=16))
def test_no_bytes_do_more_than_be_refused(header: bytes, numbers: bytes) -> None:
    with pytest.raises((InvalidRequest, TooLarge)):
        question_of_pixels(headed(header, numbers), FORM)
