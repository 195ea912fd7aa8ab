import httpx
import pytest

from pinakes.core.errors import InvalidRequest, TooLarge
from pinakes.core.settings import InferenceSettings
from pinakes.schemas.embeddings import EmbedRequest, LabelsRequest, PicturesRequest
from pinakes.services.inference.multipart import boundary_of
from pinakes.services.inference.native.part_questions import question_of_parts
from pinakes.services.inference.native.question import Form, Question

Parts = list[tuple[str, tuple[str | None, bytes]]]


def asked(parts: Parts, schema: type[PicturesRequest] = EmbedRequest) -> Question[PicturesRequest]:
    request = httpx.Request("POST", "http://localhost/", files=parts)
    form = Form(schema, {}, InferenceSettings(max_items=4, max_characters=10))
    return question_of_parts(boundary_of(request.headers["content-type"]), request.read(), form)


def test_pictures_with_their_names_and_fields_beside_them() -> None:
    question = asked([("images", ("a.jpg", b"1")), ("model", (None, b"clip")), ("file", ("b.jpg", b"2"))])
    assert (question.inputs, question.names) == ([b"1", b"2"], ["a.jpg", "b.jpg"])
    assert question.fields.model == "clip"


def test_texts_are_fields() -> None:
    assert asked([("texts", (None, "ä".encode())), ("text", (None, b"b"))]).inputs == ["ä", "b"]


def test_labels_are_given_one_by_one() -> None:
    parts: Parts = [("image", ("a", b"1")), *(("labels", (None, label)) for label in (b"cat", b"dog"))]
    fields = asked([*parts, ("top_k", (None, b"1")), ("template", (None, b"{}"))], LabelsRequest).fields
    assert isinstance(fields, LabelsRequest)
    assert (fields.labels, fields.top_k, fields.template) == (["cat", "dog"], 1, ["{}"])


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([("portrait", ("a", b"1"))], "portrait"),
        ([("labels", (None, b"cat")), ("image", ("a", b"1"))], "labels"),
        ([("images", (None, b"1"))], "text field"),
        ([("model", ("a.txt", b"clip")), ("image", ("a", b"1"))], "model"),
        ([("texts", (None, b"\xff"))], "UTF-8"),
        ([("texts", (None, b"a")), ("image", ("a", b"1"))], "pictures and texts"),
        ([("model", (None, b"clip"))], "no picture"),
    ],
)
def test_what_is_not_taken_is_said(parts: Parts, told: str) -> None:
    with pytest.raises(InvalidRequest, match=told):
        asked(parts)


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([("images", ("a", b"1"))] * 5, "over 4 inputs"),
        ([("labels", (None, b"a"))] * 1100, "parts"),
        ([("text", (None, b"eleven chars"))], "characters"),
    ],
)
def test_too_much_is_too_large(parts: Parts, told: str) -> None:
    with pytest.raises(TooLarge, match=told):
        asked(parts)


@pytest.mark.parametrize(("labels", "told"), [([b"one"], "labels"), ([b"a"] * 1001, "labels")])
def test_the_number_of_labels_is_bounded(labels: list[bytes], told: str) -> None:
    with pytest.raises(InvalidRequest, match=told):
        asked([("image", ("a", b"1")), *(("labels", (None, label)) for label in labels)], LabelsRequest)
