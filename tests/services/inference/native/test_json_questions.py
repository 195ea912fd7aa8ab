import base64
import json

import pytest

from pinakes.core.errors import InvalidRequest, TooLarge
from pinakes.core.settings import InferenceSettings
from pinakes.core.types import Task
from pinakes.schemas.embeddings import EmbedRequest, LabelsRequest, PicturesRequest
from pinakes.services.inference.native.json_questions import question_of_json
from pinakes.services.inference.native.question import Form

PICTURE = bytes(range(256))
TEXT = base64.b64encode(PICTURE).decode()
FORM = Form(EmbedRequest, {}, InferenceSettings(max_items=4, max_characters=10))


def body(*images: object) -> bytes:
    return json.dumps({"images": images}).encode()


def test_every_form_of_base64() -> None:
    wrapped = "\n".join(TEXT[start : start + 76] for start in range(0, len(TEXT), 76))
    question = question_of_json(
        body(TEXT, f"data:image/png;base64,{TEXT}", {"data": TEXT, "name": "ä.png"}, {"data": wrapped}), FORM
    )
    assert question.inputs == [PICTURE] * 4
    assert question.names == [None, None, "ä.png", None]
    assert question.embedding is Task.IMAGE_EMBEDDING
    assert question.fields.images == []


def test_one_picture_or_one_text_may_stand_by_itself() -> None:
    assert question_of_json(json.dumps({"image": TEXT}).encode(), FORM).inputs == [PICTURE]
    question = question_of_json(b'{"text": "a cat", "model": "clip"}', FORM)
    assert (question.inputs, question.names, question.fields.model) == (["a cat"], [None], "clip")
    assert question.embedding is Task.TEXT_EMBEDDING


@pytest.mark.parametrize(
    "bad", ["!!!!", "abc", "data:image/png,abcd", "data:image/png;base64,%%", "ä", "YQ==YQ=="]
)
def test_what_is_not_base64_is_named_by_its_index(bad: str) -> None:
    with pytest.raises(InvalidRequest, match=r"images\.1 "):
        question_of_json(body(TEXT, bad), FORM)


def test_who_sends_an_address_is_told_that_nothing_is_fetched() -> None:
    with pytest.raises(InvalidRequest, match=r"images\.0 is the address of a picture") as caught:
        question_of_json(b'{"image": "https://example.org/cat.jpg"}', FORM)
    assert "data: URI or base64" in caught.value.remedy


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        (b"", "the body"),
        (b"{", "the body"),
        (b"[]", "the body"),
        (b"{}", "no picture"),
        (b'{"images": "x"}', "images"),
        (b'{"images": [1]}', r"images\.0"),
        (b'{"images": ["", {"name": "x"}]}', r"images\.1"),
        (b'{"texts": [1]}', r"texts\.0"),
        (b'{"text": "a", "model": 1}', "model"),
        (b'{"text": "a", "image": "YQ=="}', "pictures and texts"),
        (b"\xff\xfe", "the body"),
    ],
)
def test_json_of_another_shape_names_the_place(sent: bytes, named: str) -> None:
    with pytest.raises(InvalidRequest, match=named):
        question_of_json(sent, FORM)


@pytest.mark.parametrize(
    "sent", [body(*["YQ=="] * 5), b'{"texts": ["", "", "", "", ""]}', b'{"text": "eleven chars"}']
)
def test_too_much_is_too_large(sent: bytes) -> None:
    with pytest.raises(TooLarge):
        question_of_json(sent, FORM)


def test_texts_are_not_taken_where_pictures_are_asked_about() -> None:
    form = Form(PicturesRequest, {}, InferenceSettings())
    with pytest.raises(InvalidRequest, match="no picture"):
        question_of_json(b'{"texts": ["a"]}', form)


def test_the_query_wins() -> None:
    form = Form(LabelsRequest, {"model": "b", "top_k": "3"}, InferenceSettings())
    sent = json.dumps({"image": TEXT, "labels": ["cat", "dog"], "model": "a", "top_k": 1})
    fields = question_of_json(sent.encode(), form).fields
    assert (fields.model, fields.top_k, fields.labels) == ("b", 3, ["cat", "dog"])
