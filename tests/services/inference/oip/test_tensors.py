import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pinakes.core.errors import InvalidRequest
from pinakes.services.inference.oip.tensors import (
    BINARY_ONLY,
    DTYPES,
    MOST_ELEMENTS,
    Tensor,
    from_bytes,
    from_json,
    objects,
    shape_of,
    to_bytes,
    to_json,
)

SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)


@st.composite
def number_tensors(draw: st.DrawFn) -> Tensor:
    datatype = draw(st.sampled_from(sorted(set(DTYPES) - {"BF16"})))
    return Tensor("x", datatype, draw(arrays.arrays(DTYPES[datatype], draw(SHAPES))))


@st.composite
def byte_tensors(draw: st.DrawFn) -> Tensor:
    shape = draw(SHAPES)
    count = int(np.prod(shape, dtype=int))
    return Tensor("x", "BYTES", objects(draw(st.lists(st.binary(), min_size=count, max_size=count)), shape))


@given(number_tensors() | byte_tensors())
def test_the_binary_form_brings_every_tensor_back(tensor: Tensor) -> None:
    raw = to_bytes(tensor)
    back = from_bytes("x", tensor.datatype, tuple(tensor.shape), memoryview(raw))
    assert back.shape == tensor.shape
    assert to_bytes(back) == raw
    assert tensor.datatype == "BYTES" or len(raw) == tensor.values.nbytes


@given(number_tensors())
def test_the_json_form_brings_every_finite_tensor_back(tensor: Tensor) -> None:
    if tensor.datatype in BINARY_ONLY or not np.isfinite(tensor.values).all():
        return
    listed = np.asarray(to_json(tensor)).tolist()
    for form in (listed, tensor.values.tolist() if tensor.values.ndim else listed):
        back = from_json("x", tensor.datatype, tuple(tensor.shape), form)
        assert np.array_equal(back.values, tensor.values)
        assert back.values.dtype == tensor.values.dtype


@given(st.lists(st.text(), max_size=5))
def test_strings_of_json_are_utf_8(words: list[str]) -> None:
    tensor = from_json("x", "BYTES", (len(words),), words)
    assert [element.decode() for element in tensor.values] == words
    assert to_json(tensor) == words


@given(st.text(max_size=6), st.lists(st.integers(-3, 2**40), max_size=10), st.binary(max_size=64))
def test_hostile_headers_are_refused_and_take_no_memory(datatype: str, shape: list[int], raw: bytes) -> None:
    for kind in (datatype, "BYTES", "FP32", "UINT8"):
        try:
            tensor = from_bytes("x", kind, shape_of("x", shape), memoryview(raw))
        except InvalidRequest:
            continue
        assert tensor.values.size <= max(len(raw), 1) * (0 not in shape)


def test_bytes_are_framed_by_four_little_endian_bytes_of_length() -> None:
    raw = struct.pack("<I", 2) + b"ab" + struct.pack("<I", 0)
    assert list(from_bytes("x", "BYTES", (2,), memoryview(raw)).values) == [b"ab", b""]
    assert to_bytes(Tensor("x", "BYTES", objects([b"ab", b""]))) == raw


def test_bool_is_one_byte_and_numbers_are_little_endian() -> None:
    assert to_bytes(Tensor("x", "BOOL", np.array([True, False]))) == b"\x01\x00"
    assert to_bytes(Tensor("x", "UINT32", np.array([1], ">u4"))) == b"\x01\x00\x00\x00"
    assert from_bytes("x", "INT16", (1,), memoryview(b"\x00\x01")).values[0] == 256


def test_bfloat16_is_the_upper_half_of_float32() -> None:
    values = np.array([1.0, -2.5, 3.140625, 0.0], "<f4")
    raw = (values.view("<u4") >> 16).astype("<u2").tobytes()
    tensor = from_bytes("x", "BF16", (2, 2), memoryview(raw))
    assert tensor.values.dtype == np.float32
    assert np.array_equal(tensor.values.ravel(), values)
    assert to_bytes(tensor) == raw


def test_large_numbers_are_not_copied() -> None:
    raw = bytes(4_000_000)
    values = from_bytes("x", "FP32", (1_000_000,), memoryview(raw)).values
    assert not values.flags.owndata
    assert not values.flags.writeable


def test_base64_strings_are_bytes_where_the_parameter_says_so() -> None:
    assert list(from_json("x", "BYTES", (1,), ["/9j/"], "base64").values) == [b"\xff\xd8\xff"]
    with pytest.raises(InvalidRequest, match="x holds a string"):
        from_json("x", "BYTES", (1,), ["?"], "base64")


@pytest.mark.parametrize(
    ("datatype", "shape", "raw", "told"),
    [
        ("FP32", (2,), b"1234", "has 4 bytes; FP32 of shape [2] has 8"),
        ("BYTES", (2,), b"\0\0\0\0", "too few"),
        ("BYTES", (1,), b"\5\0\0\0ab", "ends inside its element 0"),
        ("BYTES", (2,), b"\3\0\0\0abc\0", "ends before its element 1"),
        ("BYTES", (1,), b"\0\0\0\0x", "behind the last"),
        ("BYTES", (MOST_ELEMENTS + 1,), b"", "at most"),
        ("STRING", (1,), b"x", "unknown datatype 'STRING'"),
    ],
)
def test_bytes_that_are_not_the_tensor_are_refused(
    datatype: str, shape: tuple[int, ...], raw: bytes, told: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        from_bytes("x", datatype, shape, memoryview(raw))
    assert told in caught.value.sentence


@pytest.mark.parametrize(
    ("datatype", "shape", "listed", "told"),
    [
        ("FP32", (2,), [1.0], "has 1 values"),
        ("FP32", (1,), ["1"], "not FP32"),
        ("FP32", (1,), [None], "not FP32"),
        ("FP32", (1,), 1.0, "must be a list"),
        ("INT32", (1,), [1.5], "not INT32"),
        ("INT32", (1,), [True], "not INT32"),
        ("UINT8", (1,), [256], "outside UINT8"),
        ("INT64", (1,), [2**70], "outside INT64"),
        ("BOOL", (1,), [1], "not BOOL"),
        ("FP16", (1,), [1.0], "no form"),
        ("BF16", (1,), [1.0], "no form"),
        ("BYTES", (1,), [1], "strings"),
        ("FP32", (2,), [[1.0], 2.0], "unevenly"),
        ("FP32", (1,), [[[[[[[[[[1.0]]]]]]]]]], "too deeply"),
        ("TEXT", (1,), [1.0], "unknown datatype"),
    ],
)
def test_json_that_is_not_the_tensor_is_refused(
    datatype: str, shape: tuple[int, ...], listed: object, told: str
) -> None:
    with pytest.raises(InvalidRequest, match=told):
        from_json("x", datatype, shape, listed)


@pytest.mark.parametrize(
    "shape", [None, "2", 2, [-1], [1.0], [True], [2**41], [2**21, 2**21, 0], [1] * 9, ["1"]]
)
def test_a_shape_is_a_short_list_of_lengths(shape: object) -> None:
    with pytest.raises(InvalidRequest, match="shape of x"):
        shape_of("x", shape)
