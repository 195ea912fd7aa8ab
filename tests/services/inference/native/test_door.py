import base64
import io
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from tests.services.inference.several_models import (
    PicturesOnly,
    await_state,
    offer_of,
    serving,
    three_offers,
)
from tests.stand_ins import CORRUPT, POISON, StandInModel, vector_of

from pinakes.core.types import Task
from pinakes.models.base import Logits
from pinakes.services.inference.native.labelling import probabilities

NPY = {"Content-Type": "application/x-npy"}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with serving(three_offers(), max_items=40) as opened:
        yield opened


def npy(array: np.ndarray) -> bytes:  # type: ignore[type-arg]
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()


def rows_of(response: httpx.Response) -> np.ndarray:  # type: ignore[type-arg]
    assert response.status_code == 200, response.text
    return np.float32(response.json()["embeddings"])


def test_texts_are_embedded_in_order_in_every_form(client: httpx.Client) -> None:
    expected = [vector_of(b"a cat"), vector_of("ä".encode())]
    assert np.array_equal(rows_of(client.post("/embed", json={"texts": ["a cat", "ä"]})), expected)
    assert np.array_equal(rows_of(client.post("/embed", json={"text": "ä"})), expected[1:])
    parts = [("texts", (None, text.encode())) for text in ("a cat", "ä")]
    assert np.array_equal(rows_of(client.post("/embed", files=parts)), expected)
    raw = client.post(
        "/embed", json={"texts": ["a cat", "ä"]}, headers={"Accept": "application/octet-stream"}
    )
    assert np.array_equal(np.frombuffer(raw.content, "<f4").reshape(2, 8), expected)


def test_pixels_are_taken_as_they_are(client: httpx.Client) -> None:
    pixels = np.arange(2 * 2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 2, 3)
    expected = [vector_of(picture.tobytes()) for picture in pixels]
    assert np.array_equal(rows_of(client.post("/embed", content=npy(pixels), headers=NPY)), expected)
    assert np.array_equal(rows_of(client.post("/embed", content=npy(pixels[1]), headers=NPY)), expected[1:])
    floats = client.post("/embed", content=npy(pixels.astype(np.float32)), headers=NPY)
    assert (floats.status_code, floats.json()["code"]) == (400, "invalid-request")


def test_a_large_body_of_pixels_is_taken_apart_off_the_event_loop(client: httpx.Client) -> None:
    pixels = np.zeros((4, 256, 256, 3), np.uint8)
    assert len(rows_of(client.post("/embed", content=npy(pixels), headers=NPY))) == 4


@pytest.mark.parametrize("place", ["query", "json", "part"])
def test_the_model_may_be_named_anywhere(client: httpx.Client, place: str) -> None:
    if place == "query":
        response = client.post("/embed", content=b"a", params={"model": "pictures"})
    elif place == "json":
        response = client.post("/embed", json={"image": "YQ==", "model": "pictures@1"})
    else:
        response = client.post("/embed", files=[("model", (None, b"pictures")), ("image", ("a", b"a"))])
    assert (response.status_code, response.json()["model"]) == (200, "pictures")


def test_words_for_a_model_without_any_are_400_and_say_who_has_them(client: httpx.Client) -> None:
    response = client.post("/embed", json={"text": "a", "model": "pictures"})
    assert response.status_code == 400
    assert "image-embedding, not text-embedding" in response.json()["detail"]
    assert "both" in response.json()["remedy"]


def test_captions_come_from_the_model_that_captions(client: httpx.Client) -> None:
    parts = [("images", (f"{n}.jpg", image)) for n, image in enumerate((b"four", CORRUPT, b"seven77"))]
    found = client.post("/caption", files=parts).json()
    assert (found["model"], found["captions"]) == ("captioner", ["4 bytes", None, "7 bytes"])
    assert [(entry["index"], entry["name"], entry["reason"]) for entry in found["refused"]] == [
        (1, "1.jpg", "truncated")
    ]
    alone = client.post("/caption", content=CORRUPT)
    assert (alone.status_code, alone.json()["code"]) == (400, "image-refused")
    assert client.post("/caption", content=b"a", params={"model": "both"}).status_code == 400


def test_without_a_captioner_the_answer_is_the_command_that_gets_one() -> None:
    with serving([offer_of(StandInModel(), Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING)]) as client:
        response = client.post("/caption", content=b"a")
        assert (response.status_code, response.json()["code"]) == (404, "not-found")
        assert "pinakes models pull" in response.json()["remedy"]


def test_the_captioner_may_be_chosen_by_a_setting() -> None:
    with serving(three_offers(), caption_model="captioner@1") as client:
        assert client.post("/caption", content=b"a").json()["captions"] == ["1 bytes"]


def labelled(client: httpx.Client, **body: object) -> httpx.Response:
    images = [base64.b64encode(image).decode() for image in (b"one", CORRUPT, b"two")]
    return client.post("/labels", json={"images": images, "labels": ["cat", "dog", "bird"], **body})


def test_labels_are_scored_as_the_model_was_trained(client: httpx.Client) -> None:
    found = labelled(client).json()
    words = np.stack([vector_of(f"a photo of a {label}".encode()) for label in ("cat", "dog", "bird")])
    rows = probabilities(
        Logits(100.0, 0.0, "softmax"), np.stack([vector_of(b"one"), vector_of(b"two")]), words
    )
    assert (found["model"], found["labels"]) == ("both", ["cat", "dog", "bird"])
    assert found["results"][1] is None
    assert found["refused"][0]["reason"] == "truncated"
    for told, row in zip((found["results"][0], found["results"][2]), rows, strict=True):
        scores = {entry["label"]: entry["score"] for entry in told}
        assert np.allclose([scores["cat"], scores["dog"], scores["bird"]], row, atol=1e-5)
        assert [entry["score"] for entry in told] == sorted(scores.values(), reverse=True)


def test_labels_take_templates_and_top_k_in_every_form(client: httpx.Client) -> None:
    asked = labelled(client, template=["{}", "my {}"], top_k=1).json()["results"][0]
    assert len(asked) == 1
    parts = [("image", ("a", b"one")), *(("labels", (None, word)) for word in (b"cat", b"dog", b"bird"))]
    parts += [("template", (None, b"{}")), ("template", (None, b"my {}")), ("top_k", (None, b"1"))]
    assert client.post("/labels", files=parts).json()["results"][0] == asked
    query = {"labels": ["cat", "dog", "bird"], "template": ["{}", "my {}"], "top_k": "1"}
    assert client.post("/labels", content=b"one", params=query).json()["results"][0] == asked


def test_label_sentences_are_embedded_once() -> None:
    model = StandInModel()
    with serving([offer_of(model, Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING)], max_items=2) as client:
        model.forget()
        body = {"image": "YQ==", "labels": [f"label {n}" for n in range(5)]}
        first = client.post("/labels", json=body).json()["results"]
        assert len(model.seen) == 6
        assert client.post("/labels", json=body).json()["results"] == first
        assert len(model.seen) == 7


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"labels": ["one"]}, "labels"),
        ({"labels": ["a", "a"]}, "twice"),
        ({"labels": [str(n) for n in range(1001)]}, "labels"),
        ({"template": "no place"}, "template"),
        ({"top_k": 0}, "top_k"),
        ({"model": "pictures"}, "both"),
        ({"model": "captioner"}, "both"),
    ],
)
def test_what_cannot_be_labelled_is_said(client: httpx.Client, body: dict[str, object], told: str) -> None:
    response = labelled(client, **body)
    assert response.status_code == 400
    assert told in response.text


def test_a_model_that_fails_on_a_label_fails_the_request_and_nothing_else(client: httpx.Client) -> None:
    failed = labelled(client, labels=[POISON.decode(), "dog"], template="{}")
    assert (failed.status_code, failed.json()["code"]) == (500, "model-failed")
    assert labelled(client).status_code == 200


def test_a_model_that_is_not_loaded_is_loaded_by_the_first_who_asks() -> None:
    offers = [offer_of(StandInModel(), Task.IMAGE_EMBEDDING), offer_of(PicturesOnly(name="later"))]
    with serving(offers) as client:
        client.post("/models/later/unload")
        await_state(client, "later", "absent")
        first = client.post("/embed", content=b"a", params={"model": "later"})
        assert (first.status_code, first.headers["retry-after"]) == (503, "1")
        await_state(client, "later", "ready")
        assert client.post("/embed", content=b"a", params={"model": "later"}).status_code == 200
