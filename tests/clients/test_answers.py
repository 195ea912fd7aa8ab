import json

import httpx
import numpy as np
import pytest
from tests.stand_ins import vector_of

from pinakes.clients.answers import identity_of_health, outcomes_of
from pinakes.clients.connection import Reply
from pinakes.core.errors import ProtocolViolation
from pinakes.core.types import ModelIdentity, Reason, Refusal

IDENTITY = ModelIdentity("model", "7", "abc", 8)
HEADERS = {
    "content-type": "application/octet-stream",
    "x-pinakes-model": "model",
    "x-pinakes-revision": "7",
    "x-pinakes-preprocess": "abc",
    "x-pinakes-dimensions": "8",
    "x-pinakes-refused": "",
}


def violation(what: str) -> ProtocolViolation:
    return ProtocolViolation(what)


def reply(body: bytes, **headers: str) -> Reply:
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(200, httpx.Headers(HEADERS | changed), body)


def test_rows_become_vectors_and_refusals() -> None:
    body = vector_of(b"a").tobytes() + np.full(8, np.nan, "<f4").tobytes()
    found = outcomes_of(reply(body, x_pinakes_refused="1:truncated"), 2, IDENTITY, violation)
    assert np.array_equal(found[0], vector_of(b"a"))
    assert isinstance(found[1], Refusal)
    assert found[1].reason is Reason.TRUNCATED


def test_a_reason_of_a_later_version_is_still_a_refusal() -> None:
    body = np.full(8, np.nan, "<f4").tobytes()
    found = outcomes_of(reply(body, x_pinakes_refused="0:too-beautiful"), 1, IDENTITY, violation)
    assert isinstance(found[0], Refusal)
    assert "too-beautiful" in found[0].detail


@pytest.mark.parametrize(
    "nonsense",
    [
        reply(vector_of(b"a").tobytes(), content_type="text/html"),
        reply(vector_of(b"a").tobytes()[:-1]),
        reply(vector_of(b"a").tobytes() * 2),
        reply(np.full(8, np.nan, "<f4").tobytes()),
        reply(np.full(8, np.inf, "<f4").tobytes()),
        reply(np.zeros(8, "<f4").tobytes()),
        reply((vector_of(b"a") * 2).tobytes()),
        reply(vector_of(b"a").tobytes(), x_pinakes_refused="1:truncated"),
        reply(vector_of(b"a").tobytes(), x_pinakes_refused="nonsense"),
        reply(vector_of(b"a").tobytes(), x_pinakes_model=""),
        reply(vector_of(b"a").tobytes(), x_pinakes_dimensions="eight"),
        reply(b'{"refused": []}', content_type="application/problem+json"),
    ],
)
def test_nonsense_is_no_embedding(nonsense: Reply) -> None:
    with pytest.raises(ProtocolViolation):
        outcomes_of(nonsense, 1, IDENTITY, violation)


@pytest.mark.parametrize("changed", [{"x_pinakes_revision": "8"}, {"x_pinakes_dimensions": "4"}])
def test_another_model_in_the_middle_of_a_run_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(ProtocolViolation, match="changed its model in the middle of the run"):
        outcomes_of(reply(vector_of(b"a").tobytes(), **changed), 1, IDENTITY, violation)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'"healthy"',
        b'{"status": "ok"}',
        b'{"status": "healthy"}',
        b'{"status": "healthy", "model": 1, "revision": "1", "preprocess": "x", "dimensions": 8}',
        b'{"status": "healthy", "model": "m", "revision": "1", "preprocess": "x", "dimensions": 0}',
        b'{"status": "healthy", "model": "m", "revision": "1", "preprocess": "x", "dimensions": "8"}',
    ],
)
def test_health_of_another_program_is_refused(body: bytes) -> None:
    with pytest.raises(ProtocolViolation):
        identity_of_health(Reply(200, httpx.Headers(), body), violation)


def test_health_gives_the_identity() -> None:
    told = {"status": "healthy", "model": "model", "revision": "7", "preprocess": "abc", "dimensions": 8}
    body = json.dumps(told | {"later": "field"}).encode()
    assert identity_of_health(Reply(200, httpx.Headers(), body), violation) == IDENTITY
