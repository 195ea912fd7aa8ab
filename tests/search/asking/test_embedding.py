"""Asking the model: remembered, bounded in time, and left alone for a while after it failed."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from tests.search.concepts import CONCEPTS, ConceptModel
from tests.waiting import PATIENCE, until

from pinakes.core.errors import ImageRefused, InvalidRequest, ServiceUnavailable
from pinakes.search.asking import embedding
from pinakes.search.asking.embedding import NoTextSide, QuestionEmbedder


class SlowModel(ConceptModel):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = threading.Event()

    def embed_texts(self, texts):  # type: ignore[no-untyped-def]
        assert self.let.wait(PATIENCE)
        return super().embed_texts(texts)


@pytest.fixture
def slow() -> Iterator[SlowModel]:
    model = SlowModel()
    yield model
    model.let.set()


def test_words_and_pictures_are_asked_for_once_and_never_mixed_up() -> None:
    model = ConceptModel()
    asking = QuestionEmbedder(lambda _: model, patience=5)
    one, two = asking.words(["cat", "dog"], CONCEPTS)
    assert (asking.words(["dog", "cat"], CONCEPTS)[1] == one).all()
    assert (asking.pictures([b"dog"], CONCEPTS)[0] == two).all()
    assert model.asked == 3


def test_the_oldest_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "KEPT", 2)
    model = ConceptModel()
    asking = QuestionEmbedder(lambda _: model, patience=5)
    for word in ("a", "b", "a", "c", "a", "b"):
        asking.words([word], CONCEPTS)
    assert model.asked == 4


def test_a_model_that_hangs_is_waited_for_no_longer_than_patience(slow: SlowModel) -> None:
    asking = QuestionEmbedder(lambda _: slow, patience=0.1)
    begun = time.monotonic()
    with pytest.raises(ServiceUnavailable, match=r"0\.1 s"):
        asking.words(["cat"], CONCEPTS)
    assert time.monotonic() - begun < PATIENCE / 2


def test_a_model_that_failed_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ConceptModel()
    model.away = True
    asking = QuestionEmbedder(lambda _: model, patience=5)
    with pytest.raises(ServiceUnavailable):
        asking.words(["cat"], CONCEPTS)
    model.away = False
    with pytest.raises(ServiceUnavailable, match="No service answers"):
        asking.words(["cat"], CONCEPTS)
    monkeypatch.setattr(embedding, "AWAY_SECONDS", 0)
    assert len(asking.words(["cat"], CONCEPTS)) == 1


def test_places_of_questions_that_hang_are_bounded(slow: SlowModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "WAITING", 1)
    monkeypatch.setattr(embedding, "AWAY_SECONDS", 0)
    asking = QuestionEmbedder(lambda _: slow, patience=0.1)
    for _ in range(2):
        with pytest.raises(ServiceUnavailable):
            asking.words(["cat"], CONCEPTS)
    slow.let.set()

    def answered() -> bool:
        with suppress(ServiceUnavailable):
            return len(asking.words(["cat"], CONCEPTS)) == 1
        return False

    until(answered, "an answer once there is a place")


def test_another_model_is_never_asked() -> None:
    model = ConceptModel(replace(CONCEPTS, preprocess="other"))
    with pytest.raises(ServiceUnavailable, match="other"):
        QuestionEmbedder(lambda _: model, patience=5).words(["cat"], CONCEPTS)
    assert model.asked == 0


def test_a_bad_picture_and_a_model_without_words_are_no_reason_to_leave_it_alone() -> None:
    class Pictures:
        identity = CONCEPTS
        embed = ConceptModel().embed

        def embed_texts(self, texts):  # type: ignore[no-untyped-def]
            raise InvalidRequest("It does no text embedding.")

    asking = QuestionEmbedder(lambda _: Pictures(), patience=5)  # type: ignore[arg-type]
    with pytest.raises(ImageRefused):
        asking.pictures([b"\0"], CONCEPTS)
    with pytest.raises(NoTextSide):
        asking.words(["cat"], CONCEPTS)
    assert len(asking.pictures([b"cat"], CONCEPTS)) == 1
