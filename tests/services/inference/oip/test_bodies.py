import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.core.errors import InvalidRequest, TooLarge
from pinakes.services.inference.oip import bodies
from pinakes.services.inference.oip.bodies import read_request, write_response
from pinakes.services.inference.oip.messages import InferRequest, InferResponse, WantedOutput
from pinakes.services.inference.oip.tensors import Tensor, objects

FLOATS: dict[str, Any] = {"name": "a", "datatype": "FP32", "shape": [2]}


def body(told: object, tail: bytes = b"") -> tuple[bytes, str]:
    head = json.dumps(told).encode()
    return head + tail, str(len(head))


def test_json_and_binary_tensors_stand_beside_one_another_in_order() -> None:
    first = FLOATS | {"parameters": {"binary_data_size": 8}}
    second = {"name": "b", "datatype": "INT8", "shape": [1, 2], "data": [[1, 2]]}
    third = {"name": "c", "datatype": "BYTES", "shape": [1], "parameters": {"binary_data_size": 5}}
    tail = np.array([1, 2], "<f4").tobytes() + b"\1\0\0\0x"
    request = read_request(*body({"id": "7", "inputs": [first, second, third]}, tail))
    assert request.id == "7"
    assert [tensor.name for tensor in request.inputs] == ["a", "b", "c"]
    assert request.inputs[0].values.tolist() == [1.0, 2.0]
    assert request.inputs[1].values.tolist() == [[1, 2]]
    assert request.inputs[2].values.tolist() == [b"x"]


def test_without_the_header_all_is_json() -> None:
    request = read_request(body({"inputs": [FLOATS | {"data": [1, 2]}]})[0], None)
    assert request.inputs[0].values.tolist() == [1.0, 2.0]
    assert request.raw is None


def test_a_header_of_zero_is_a_raw_binary_request_with_binary_outputs() -> None:
    request = read_request(b"\xff\xd8...", "0")
    assert request.raw == b"\xff\xd8..."
    assert request.parameters["binary_data_output"] is True


def test_what_outputs_are_wanted_and_in_which_form() -> None:
    outputs = [
        {"name": "x", "parameters": {"binary_data": True}},
        {"name": "y", "parameters": {"binary_data": False}},
        {"name": "z"},
    ]
    told = {"inputs": [FLOATS | {"data": [1, 2]}], "outputs": outputs}
    assert read_request(*body(told)).outputs == [
        WantedOutput("x", True),
        WantedOutput("y", False),
        WantedOutput("z", None),
    ]


@pytest.mark.parametrize(
    ("told", "tail", "message"),
    [
        ([], b"", "JSON object"),
        ({}, b"", "no inputs"),
        ({"inputs": {}}, b"", "no inputs"),
        ({"inputs": "x"}, b"", "inputs must be a list"),
        ({"inputs": [1]}, b"", "inputs must be a list"),
        ({"inputs": [{}] * 65}, b"", "at most 64"),
        ({"inputs": [{"datatype": "FP32"}]}, b"", "name must be a string"),
        ({"inputs": [{"name": "a"}]}, b"", "datatype must be a string"),
        ({"inputs": [{"name": "a", "datatype": "FP32"}]}, b"", "shape of a"),
        ({"inputs": [FLOATS]}, b"", "data of a"),
        ({"inputs": [FLOATS | {"data": [1, 2]}]}, b"more", "belong to no input"),
        ({"inputs": [FLOATS | {"parameters": {"binary_data_size": 8}}]}, b"1234", "4 bytes are left"),
        ({"inputs": [FLOATS | {"parameters": {"binary_data_size": -1}}]}, b"1234", "is -1"),
        ({"inputs": [FLOATS | {"parameters": {"binary_data_size": True}}]}, b"1", "is True"),
        ({"inputs": [FLOATS | {"parameters": {"binary_data_size": 1e99}}]}, b"1", "is 1e"),
        (
            {"inputs": [FLOATS | {"data": [1, 2], "parameters": {"binary_data_size": 8}}]},
            b"12345678",
            "both data",
        ),
        ({"inputs": [FLOATS | {"parameters": []}]}, b"", "data of a"),
        ({"inputs": [FLOATS | {"parameters": [1]}]}, b"", "parameters must be an object"),
        ({"inputs": [FLOATS | {"parameters": {"shared_memory_region": "r"}}]}, b"", "shared memory"),
        ({"inputs": [FLOATS | {"data": [1, 2]}], "id": 7}, b"", "id must be a string"),
        (
            {
                "inputs": [FLOATS | {"data": [1, 2]}],
                "outputs": [{"name": "x", "parameters": {"classification": 3}}],
            },
            b"",
            "classification, which is not offered",
        ),
    ],
)
def test_what_is_malformed_is_named(told: object, tail: bytes, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        read_request(*body(told, tail))


@pytest.mark.parametrize("length", ["-1", "x", "", "1e3", "999", "9" * 5000, "٣"])
def test_a_json_length_that_cannot_be_is_refused(length: str) -> None:
    with pytest.raises(InvalidRequest, match="Inference-Header-Content-Length"):
        read_request(b"{}", length)


@given(st.binary(max_size=200), st.integers(0, 220))
def test_no_body_raises_anything_but_what_is_said(raw: bytes, length: int) -> None:
    try:
        read_request(raw, str(length))
    except InvalidRequest as error:
        assert str(error)


def test_json_beyond_what_is_parsed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "LONGEST_JSON", 10)
    with pytest.raises(TooLarge, match="JSON is over 10 bytes"):
        read_request(b'{"inputs": []}', None)


def answer_to(*outputs: WantedOutput, **parameters: bool) -> tuple[dict[str, Any], bytes]:
    rows = Tensor("rows", "FP32", np.array([[1.5, np.nan]], "<f4"))
    words = Tensor("words", "BYTES", objects(["ä".encode()]))
    response = InferResponse("m", "2", "7", [rows, words], {"revision": "r"})
    request = InferRequest([], outputs, parameters=parameters)
    content, length = write_response(response, request)
    head = json.loads(content[:length])
    return head, content[length:] if length is not None else b""


def test_an_answer_is_json_unless_it_is_asked_for_otherwise() -> None:
    head, tail = answer_to()
    assert tail == b""
    assert head == {
        "model_name": "m",
        "model_version": "2",
        "id": "7",
        "parameters": {"revision": "r"},
        "outputs": [
            {"name": "rows", "datatype": "FP32", "shape": [1, 2], "data": [1.5, None]},
            {"name": "words", "datatype": "BYTES", "shape": [1], "data": ["ä"]},
        ],
    }


def test_binary_for_all_and_for_one_override_each_other_as_the_protocol_says() -> None:
    raw_rows, raw_words = np.array([1.5, np.nan], "<f4").tobytes(), b"\2\0\0\0" + "ä".encode()
    head, tail = answer_to(binary_data_output=True)
    assert tail == raw_rows + raw_words
    assert [entry["parameters"]["binary_data_size"] for entry in head["outputs"]] == [8, 6]
    assert "data" not in head["outputs"][0]
    _, tail = answer_to(WantedOutput("rows", False), binary_data_output=True)
    assert tail == raw_words
    _, tail = answer_to(WantedOutput("words", True))
    assert tail == raw_words
