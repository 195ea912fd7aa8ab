import json

import pytest

from pinakes.clients.exchange import Reply
from pinakes.clients.protocols.foreign import sentence_of
from pinakes.clients.statuses import REST, error_of_status, retry_after_of
from pinakes.core.errors import (
    DeadlineExceeded,
    Forbidden,
    ImageRefused,
    NotReady,
    Overloaded,
    PinakesError,
    ServiceUnavailable,
    TooLarge,
    Unauthorised,
    UnsupportedMedia,
)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ImageRefused),
        (401, Unauthorised),
        (403, Forbidden),
        (408, DeadlineExceeded),
        (413, TooLarge),
        (415, UnsupportedMedia),
        (422, ImageRefused),
        (424, ImageRefused),
        (429, Overloaded),
        (500, ImageRefused),
        (502, ServiceUnavailable),
        (503, ServiceUnavailable),
        (504, ServiceUnavailable),
        (507, TooLarge),
    ],
)
def test_each_status_is_one_error(status: int, kind: type[PinakesError]) -> None:
    error = error_of_status(Reply(status, {}, b""), "http://here", "as it says")
    assert type(error) is kind
    assert "as it says" in str(error) or kind is Unauthorised


def test_a_service_that_says_when_to_come_back_is_not_away() -> None:
    error = error_of_status(Reply(503, {"retry-after": "7"}, b""), "http://here", "")
    assert isinstance(error, NotReady)
    assert error.retry_after == 7


def test_what_is_no_error_of_these_is_left_to_the_protocol() -> None:
    assert error_of_status(Reply(418, {}, b""), "http://here", "") is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "Fri, 31 Dec 1999 23:59:59 GMT"}, REST),
        ({"retry-after": "-3"}, 0.0),
        ({}, REST),
    ],
)
def test_how_long_to_wait_is_read_in_milliseconds_first(headers: dict[str, str], seconds: float) -> None:
    assert retry_after_of(Reply(429, headers, b"")) == seconds


@pytest.mark.parametrize(
    "body",
    [
        {"error": "no such model"},
        {"error": {"message": "no such model", "code": 1}},
        {"detail": "no such model."},
        {"detail": [{"loc": ["body"], "msg": "no such model"}]},
        {"code": 404, "type": "ModelNotFound", "message": "no such model"},
    ],
)
def test_what_a_server_says_is_found_wherever_it_puts_it(body: object) -> None:
    assert sentence_of(Reply(400, {}, json.dumps(body).encode())) == "no such model"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"7", b'{"error": null}', b'{"error": [[]]}'])
def test_a_server_that_says_nothing_is_no_error_of_its_own(body: bytes) -> None:
    assert sentence_of(Reply(400, {}, body)) == ""
