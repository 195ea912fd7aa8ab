import json

import httpx
import numpy as np
import pytest
from tests.wire_service import vector_of

from pinakes.clients.exchange import Reply
from pinakes.clients.protocols.base import Labelled
from pinakes.clients.protocols.native_answers import captions_of, labels_of, outcomes_of, served_of_health
from pinakes.core.errors import InvalidRequest, ModelUnusable, NotReady, ProtocolViolation
from pinakes.core.types import Caption, ModelIdentity, Reason, Refusal

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
        served_of_health(Reply(200, httpx.Headers(), body), None, violation)


HEALTH = {"status": "healthy", "model": "model", "revision": "7", "preprocess": "abc", "dimensions": 8}


def health(**told: object) -> Reply:
    return Reply(200, httpx.Headers(), json.dumps(HEALTH | told).encode())


def test_health_gives_the_identity() -> None:
    served = served_of_health(health(later="field"), None, violation)
    assert served.identity == IDENTITY
    assert served.forms == ("files",)


def test_health_says_which_pixels_the_model_looks_at() -> None:
    served = served_of_health(health(input_side=224), None, violation)
    assert served.forms == ("files", "pixels")
    assert served.input_side == 224
    with pytest.raises(ProtocolViolation, match="input side"):
        served_of_health(health(input_side="large"), None, violation)


def test_another_model_of_the_service_is_found_by_its_name() -> None:
    other = {"name": "other", "revision": "2", "preprocess": "x", "dimensions": 4, "state": "ready"}
    told = health(models=[other, {"name": "third", "state": "loading"}])
    assert served_of_health(told, "other", violation).identity == ModelIdentity("other", "2", "x", 4)
    for state in ("loading", "absent"):
        entry = {"name": "third", "revision": "1", "state": state}
        with pytest.raises(NotReady, match="third"):
            served_of_health(health(models=[entry]), "third", violation)
    with pytest.raises(ModelUnusable, match="no room"):
        failed = {"name": "third", "state": "failed", "failure": "no room"}
        served_of_health(health(models=[failed]), "third", violation)
    with pytest.raises(NotReady, match="third"):
        served_of_health(told, "third", violation)
    with pytest.raises(InvalidRequest, match="no model named 'fourth'") as caught:
        served_of_health(told, "fourth", violation)
    assert "other, third" in caught.value.remedy


def test_a_revision_of_a_model_is_found_by_both_its_names() -> None:
    revisions = [
        {"name": "other", "revision": str(number), "preprocess": "x", "dimensions": 4, "current": number == 2}
        for number in (1, 2, 3)
    ]
    told = health(models=revisions)
    assert served_of_health(told, "other@3", violation).identity.revision == "3"
    assert served_of_health(told, "other", violation).identity.revision == "2"
    with pytest.raises(InvalidRequest, match="other@4"):
        served_of_health(told, "other@4", violation)


def test_the_default_may_go_by_another_name_in_the_service_than_its_own() -> None:
    alias = {"name": "built-in", "revision": "7", "preprocess": "abc", "dimensions": 8, "state": "ready"}
    assert served_of_health(health(models=[alias]), "built-in", violation).identity == IDENTITY


def words(**told: object) -> Reply:
    return Reply(200, httpx.Headers({"content-type": "application/json"}), json.dumps(told).encode())


def test_captions_and_labels_stand_beside_refusals() -> None:
    refused = [{"index": 1, "reason": "truncated", "detail": "Its end is missing."}]
    captions = captions_of(words(captions=["a cat", None], refused=refused), 2, violation)
    assert captions == [Caption("a cat"), Refusal(Reason.TRUNCATED, "Its end is missing.")]
    scores = [{"label": "cat", "score": 0.1}, {"label": "dog", "score": 0.9}]
    labels = labels_of(words(results=[scores, None], refused=refused), 2, violation)
    assert labels[0] == (Labelled("dog", 0.9), Labelled("cat", 0.1))
    assert isinstance(labels[1], Refusal)


@pytest.mark.parametrize(
    "told",
    [
        {"captions": ["a cat"]},
        {"captions": "a cat"},
        {"captions": ["a cat", None]},
        {"captions": ["a cat", 7]},
        {"captions": [None, "a cat"], "refused": [{"index": 2, "reason": "empty", "detail": ""}]},
        {"captions": [None, "a cat"], "refused": [{"reason": "empty"}]},
    ],
)
def test_nonsense_is_no_caption(told: dict[str, object]) -> None:
    with pytest.raises(ProtocolViolation):
        captions_of(words(**told), 2, violation)


@pytest.mark.parametrize("row", [None, 7, [{"label": "cat"}], [{"label": "cat", "score": "high"}]])
def test_nonsense_is_no_label(row: object) -> None:
    with pytest.raises(ProtocolViolation):
        labels_of(words(results=[row]), 1, violation)
