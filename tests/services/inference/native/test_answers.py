import io
import json

import numpy as np
import pytest
from tests.stand_ins import vector_of

from pinakes.core.types import ModelIdentity, Reason, Refusal
from pinakes.services.inference.native.answers import JSON, NPY, RAW, Answered, embeddings_answer, wanted_form

IDENTITY = ModelIdentity("model", "7", "abc", 8)
REFUSED = Refusal(Reason.TRUNCATED, "Its end is missing.")
NAMES = ["a.jpg", None]


def answered(*outcomes: object, form: str = JSON):  # type: ignore[no-untyped-def]
    answered = Answered(IDENTITY, NAMES[: len(outcomes)], outcomes, seconds=0.5, request_id="r")  # type: ignore[arg-type]
    return embeddings_answer(answered, form)


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/octet-stream", RAW),
        ("application/x-npy;q=0.9, */*", NPY),
        ("text/html, application/json, application/octet-stream", JSON),
    ],
)
def test_the_form_is_chosen_by_accept(accept: str, form: str) -> None:
    assert wanted_form(accept) == form


def test_json_keeps_order_and_names_the_refused() -> None:
    found = json.loads(answered(REFUSED, vector_of(b"b")).body)
    assert found["embeddings"][0] is None
    assert np.array_equal(np.float32(found["embeddings"][1]), vector_of(b"b"))
    assert found["refused"] == [
        {"index": 0, "name": "a.jpg", "reason": "truncated", "detail": "Its end is missing."}
    ]
    assert (found["model"], found["revision"], found["preprocess"]) == ("model", "7", "abc")
    assert found["normalised"] is True
    assert found["dimensions"] == 8


def test_raw_is_little_endian_float32_with_nan_for_the_refused() -> None:
    response = answered(vector_of(b"a"), REFUSED, form=RAW)
    rows = np.frombuffer(response.body, "<f4").reshape(2, 8)
    assert np.array_equal(rows[0], vector_of(b"a"))
    assert np.isnan(rows[1]).all()
    assert response.headers["x-pinakes-refused"] == "1:truncated"
    assert response.headers["x-pinakes-count"] == "2"
    assert response.headers["x-pinakes-dimensions"] == "8"


def test_npy_is_what_numpy_loads() -> None:
    response = answered(vector_of(b"a"), vector_of(b"b"), form=NPY)
    rows = np.load(io.BytesIO(response.body), allow_pickle=False)
    assert rows.dtype == np.float32
    assert np.array_equal(rows, [vector_of(b"a"), vector_of(b"b")])


@pytest.mark.parametrize(
    ("reasons", "status"),
    [
        ([Reason.TRUNCATED], 400),
        ([Reason.UNSUPPORTED_FORMAT], 415),
        ([Reason.TOO_MANY_PIXELS, Reason.TOO_MANY_BYTES], 413),
        ([Reason.MODEL_FAILED], 500),
        ([Reason.UNSUPPORTED_FORMAT, Reason.EMPTY], 400),
    ],
)
@pytest.mark.parametrize("form", [JSON, RAW, NPY])
def test_when_no_picture_is_good_it_is_a_problem(reasons: list[Reason], status: int, form: str) -> None:
    response = answered(*[Refusal(reason, "why") for reason in reasons], form=form)
    assert response.status_code == status
    problem = json.loads(response.body)
    assert [entry["reason"] for entry in problem["refused"]] == reasons
    assert problem["code"] == "image-refused"
