import json

import pytest

from pinakes.core import errors
from pinakes.schemas.embeddings import RefusedImage
from pinakes.services.http.problems import problem_response, status_of


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.InvalidRequest("x"), 400),
        (errors.Unauthorised("x"), 401),
        (errors.TooLarge("x"), 413),
        (errors.UnsupportedMedia("x"), 415),
        (errors.Overloaded("x", retry_after=1), 429),
        (errors.NotReady("x"), 503),
        (errors.DeadlineExceeded("x"), 504),
        (errors.StateUnusable("x"), 500),
    ],
)
def test_each_error_has_its_status(error: errors.PinakesError, status: int) -> None:
    assert status_of(error) == status


def test_a_child_has_its_parents_status() -> None:
    class Particular(errors.NotFound):
        code = "particular"

    assert status_of(Particular("x")) == 404


def test_a_problem_carries_what_a_client_needs() -> None:
    error = errors.Overloaded("Full.", retry_after=1.234, limit=8, remedy="Wait.")
    response = problem_response(error, request_id="abc")
    assert response.status_code == 429
    assert response.media_type == "application/problem+json"
    assert response.headers["retry-after"] == "2"
    assert response.headers["retry-after-ms"] == "1234"
    assert response.headers["ratelimit-limit"] == "8"
    assert response.headers["ratelimit-remaining"] == "0"
    assert response.headers["ratelimit-reset"] == "2"
    assert json.loads(response.body) == {
        "type": "urn:pinakes:problem:overloaded",
        "title": "Too Many Requests",
        "status": 429,
        "code": "overloaded",
        "detail": "Full.",
        "remedy": "Wait.",
        "request_id": "abc",
        "retry_after": 1.234,
    }


def test_what_a_retry_would_repeat_says_so() -> None:
    assert problem_response(errors.DeadlineExceeded("x")).headers["x-should-retry"] == "false"
    unready = problem_response(errors.NotReady("x")).headers
    assert "x-should-retry" not in unready
    assert "ratelimit-reset" not in unready  # nobody asked too often


def test_refused_pictures_are_listed() -> None:
    refused = [RefusedImage(index=0, name="a.jpg", reason="truncated", detail="Its end is missing.")]
    response = problem_response(errors.ImageRefused("truncated", "x"), status=400, refused=refused)
    assert json.loads(response.body)["refused"] == [
        {"index": 0, "name": "a.jpg", "reason": "truncated", "detail": "Its end is missing."}
    ]


def test_a_search_that_does_not_parse_is_pointed_at() -> None:
    error = errors.NotUnderstood(
        "No field “camra”", line="sea camra:x", start=4, end=9, remedy="Did you mean camera?"
    )
    response = problem_response(error)
    told = json.loads(bytes(response.body))
    assert (response.status_code, told["code"]) == (400, "not-understood")
    assert (told["start"], told["end"], told["pointer"]) == (4, 9, "sea camra:x\n    ^^^^^")
