from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pinakes.core.errors import InvalidRequest
from pinakes.services.inference.oip.messages import InferResponse
from pinakes.services.inference.oip.rpc import tensors as module
from pinakes.services.inference.oip.rpc.messages import message_class
from pinakes.services.inference.oip.rpc.tensors import CONTENTS, request_of, response_of
from pinakes.services.inference.oip.tensors import DTYPES, Tensor, objects, to_bytes


def message(datatype: str, shape: list[int], *, raw: bytes | None = None, values: Any = ()) -> Any:
    request = message_class("ModelInferRequest")(model_name="m", id="7")
    entry = request.inputs.add(name="x", datatype=datatype, shape=shape)
    if raw is not None:
        request.raw_input_contents.append(raw)
    elif len(values):
        getattr(entry.contents, CONTENTS[datatype]).extend(values)
    return request


@st.composite
def number_tensors(draw: st.DrawFn) -> Tensor:
    datatype = draw(st.sampled_from(sorted(set(CONTENTS) - {"BYTES"})))
    shape = draw(arrays.array_shapes(max_dims=3, max_side=3))
    return Tensor("x", datatype, draw(arrays.arrays(DTYPES[datatype], shape)))


@given(number_tensors())
def test_contents_and_raw_contents_are_the_same_tensor(tensor: Tensor) -> None:
    raw = message(tensor.datatype, tensor.shape, raw=to_bytes(tensor))
    listed = message(tensor.datatype, tensor.shape, values=tensor.values.ravel().tolist())
    for request in (raw, listed):
        (found,) = request_of(request).inputs
        assert found.shape == tensor.shape
        assert np.array_equal(found.values, tensor.values, equal_nan=tensor.datatype.startswith("FP"))


def test_bytes_are_elements_or_raw_frames() -> None:
    for request in (
        message("BYTES", [2], values=[b"a", b""]),
        message("BYTES", [2], raw=b"\1\0\0\0a\0\0\0\0"),
    ):
        assert list(request_of(request).inputs[0].values) == [b"a", b""]


def test_halves_only_come_raw() -> None:
    (half,) = request_of(message("FP16", [1], raw=np.float16([1.5]).tobytes())).inputs
    assert half.values.tolist() == [1.5]
    with pytest.raises(InvalidRequest, match="only goes raw"):
        request_of(message("FP16", [1]))


def test_parameters_are_of_every_kind() -> None:
    request = message("BYTES", [1], values=[b"a"])
    request.parameters["priority"].uint64_param = 1
    request.parameters["timeout"].int64_param = 5
    request.parameters["partial"].bool_param = True
    request.parameters["note"].string_param = "x"
    request.parameters["share"].double_param = 0.5
    request.parameters["nothing"].SetInParent()
    assert request_of(request).parameters == {
        "priority": 1,
        "timeout": 5,
        "partial": True,
        "note": "x",
        "share": 0.5,
    }


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (message_class("ModelInferRequest")(), "no inputs"),
        (message("BYTES", [-1], values=[b"a"]), "whole numbers from 0"),
        (message("BYTES", [2], values=[b"a"]), "has 1 values"),
        (message("FP32", [2], raw=b"1234"), "has 4 bytes"),
        (message("UINT8", [1], values=[256]), "outside UINT8"),
        (message("TENSOR", [1]), "no datatype"),
    ],
)
def test_what_is_malformed_is_named(request_: Any, told: str) -> None:
    with pytest.raises(InvalidRequest, match=told):
        request_of(request_)


def test_raw_contents_are_one_for_each_input() -> None:
    request = message("BYTES", [1], raw=b"\0\0\0\0")
    request.raw_input_contents.append(b"")
    with pytest.raises(InvalidRequest, match="2 raw inputs for 1 input"):
        request_of(request)


def test_what_is_not_offered_is_said() -> None:
    shared = message("BYTES", [1])
    shared.inputs[0].parameters["shared_memory_region"].string_param = "r"
    with pytest.raises(InvalidRequest, match="shared memory"):
        request_of(shared)
    classes = message("BYTES", [1], values=[b"a"])
    classes.outputs.add(name="embeddings").parameters["classification"].int64_param = 3
    with pytest.raises(InvalidRequest, match="classification"):
        request_of(classes)


def test_long_tensors_come_raw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_VALUES", 2)
    with pytest.raises(InvalidRequest, match="over 2 values"):
        request_of(message("FP32", [3], values=[1.0, 2.0, 3.0]))


def test_answers_are_raw_in_order() -> None:
    rows, words = Tensor("r", "FP32", np.ones((1, 2), "<f4")), Tensor("w", "BYTES", objects([b"a"]))
    told = response_of(InferResponse("m", "2", "7", [rows, words], {"n": True, "s": "x", "i": 1, "f": 0.5}))
    assert [(entry.name, entry.datatype, list(entry.shape)) for entry in told.outputs] == [
        ("r", "FP32", [1, 2]),
        ("w", "BYTES", [1]),
    ]
    assert list(told.raw_output_contents) == [to_bytes(rows), to_bytes(words)]
    assert told.parameters["n"].WhichOneof("parameter_choice") == "bool_param"
    assert told.parameters["i"].int64_param == 1
    assert (told.model_name, told.model_version, told.id) == ("m", "2", "7")
