import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pytest
from tests.waiting import PATIENCE
from tests.wire_service import (
    DIMENSIONS,
    Answer,
    WireService,
    process_serving,
    serving,
    unused_port,
    vector_of,
)

from pinakes.clients.fallback import AutoEmbedder
from pinakes.clients.inference import HttpEmbedder
from pinakes.clients.patience import Patience
from pinakes.core.errors import InvalidRequest, ServiceUnavailable, Unauthorised
from pinakes.core.protocols import Embedder
from pinakes.core.types import ModelIdentity, Refusal, Vector


class LocalModel:
    """Implements Embedder and TextEmbedder as the service does, a little differently where told to."""

    def __init__(self, revision: str = "1", *, twist: float = 0.0) -> None:
        self.identity = ModelIdentity("wire", revision, "none", DIMENSIONS)
        self.model = WireService(twist=twist)
        self.seen: list[bytes] = []
        self.closed = False

    def embed(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
        self.seen += images
        return [self.model.vector(image) for image in images]

    def embed_texts(self, texts: Sequence[str]) -> list[Vector | Refusal]:
        return self.embed([text.encode() for text in texts])

    def close(self) -> None:
        self.closed = True


@contextmanager
def auto(url: str, local: Callable[[], Embedder], *, away: int = 1) -> Iterator[AutoEmbedder]:
    patience = Patience(away=away, busy=20, first=0.05, longest=0.1)
    embedder = AutoEmbedder(HttpEmbedder(url, patience=patience), local)
    try:
        yield embedder
    finally:
        embedder.close()


def never() -> Embedder:
    raise AssertionError("the local model was not needed")


def nobody() -> str:
    return f"http://127.0.0.1:{unused_port()}"


def right(outcomes: list[Vector | Refusal], images: list[bytes]) -> bool:
    return all(np.array_equal(found, vector_of(image)) for found, image in zip(outcomes, images, strict=True))


def test_without_a_service_it_is_local_at_once() -> None:
    local = LocalModel()
    with auto(nobody(), lambda: local) as embedder:
        started = time.monotonic()
        assert right(embedder.embed([b"a", b"b"]), [b"a", b"b"])
        assert time.monotonic() - started < 8
        assert embedder.used == "local"
        assert embedder.identity == local.identity
        assert "No inference service answers" in embedder.fallback
        assert "pinakes-client" not in {
            thread.name for thread in threading.enumerate()
        }  # nobody is looked for
    assert local.closed


def test_another_program_at_the_url_is_no_service() -> None:
    with (
        serving(WireService(always=Answer(200, b"hello"))) as service,
        auto(service.url, LocalModel) as embedder,
    ):
        assert embedder.used == "local"
        assert "no Pinakes inference service" in embedder.fallback


def test_with_a_service_it_is_remote_and_loads_nothing_here() -> None:
    service = WireService(health={"status": "loading"})
    with serving(service), auto(service.url, never) as embedder:
        threading.Timer(0.2, service.health.clear).start()
        assert embedder.used == "remote"  # it waited for the model to load
        assert right(embedder.embed([b"a"]), [b"a"])
        assert right(embedder.embed_texts(["a"]), [b"a"])
        assert embedder.fallback == ""


def test_a_service_that_wants_a_key_is_not_passed_over_in_silence() -> None:
    service = WireService(always=None)
    service.answer = lambda _asked: Answer(  # type: ignore[method-assign, assignment]
        401,
        b'{"title": "", "status": 401, "code": "unauthorised", "detail": ""}',
        {"Content-Type": "application/problem+json"},
    )
    with serving(service), auto(service.url, never) as embedder, pytest.raises(Unauthorised):
        embedder.embed([b"a"])


def test_a_service_killed_in_the_middle_costs_nothing_but_time() -> None:
    images = [b"%d" % number for number in range(400)]
    local = LocalModel()
    with process_serving(seconds=0.004) as service, auto(service.url, lambda: local) as embedder:
        assert right(embedder.embed(images[:32]), images[:32])
        threading.Timer(0.15, service.process.kill).start()
        assert right(embedder.embed(images[32:]), images[32:])
        assert service.process.wait(PATIENCE)
        probed, *left = local.seen
        assert probed in images[:32]
        assert left  # and nothing that was answered is embedded again
        assert not set(left) & set(images[:32])
        assert len(set(left)) == len(left)
        assert embedder.used == "local"
        assert "Went on in this process" in embedder.fallback
        assert right(embedder.embed([b"later"]), [b"later"])


def test_a_fleet_that_is_killed_to_the_last_member_is_gone_on_without() -> None:
    images = [b"%d" % number for number in range(64)]
    local = LocalModel()
    with (
        process_serving() as first,
        process_serving() as second,
        auto(f"{first.url},{second.url}", lambda: local) as embedder,
    ):
        assert right(embedder.embed(images), images)
        for member in (first, second):
            member.process.kill()
            member.process.wait(PATIENCE)
        assert right(embedder.embed(images), images)
        assert "No member of the fleet can be asked" in embedder.fallback
        assert embedder.used == "local"


def test_two_revisions_are_never_mixed_in_one_run() -> None:
    local = LocalModel(revision="2")
    with process_serving() as service, auto(service.url, lambda: local) as embedder:
        embedder.embed([b"a"])
        service.process.kill()
        service.process.wait(PATIENCE)
        with pytest.raises(ServiceUnavailable, match=r"wire@1\+none.*wire@2\+none"):
            embedder.embed([b"b"])
    assert local.seen == []
    assert local.closed


def test_two_models_of_one_name_are_not_mixed_when_they_answer_differently() -> None:
    local = LocalModel(twist=0.05)
    with process_serving() as service, auto(service.url, lambda: local) as embedder:
        embedder.embed([b"a", b"the smallest is kept"])
        service.process.kill()
        service.process.wait(PATIENCE)
        with pytest.raises(ServiceUnavailable, match=r"answer one picture differently \(cosine 0\.99"):
            embedder.embed([b"b"])
    assert local.seen == [b"a"]
    assert local.closed


def test_a_difference_of_rounding_is_no_difference() -> None:
    local = LocalModel(twist=0.001)
    with process_serving() as service, auto(service.url, lambda: local) as embedder:
        embedder.embed([b"a"])
        service.process.kill()
        service.process.wait(PATIENCE)
        assert not isinstance(embedder.embed([b"b"])[0], Refusal)


def test_words_fall_back_too_and_say_so_where_the_model_here_has_none() -> None:
    class Wordless:
        def __init__(self) -> None:
            self.identity = LocalModel().identity

        def embed(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
            return LocalModel().embed(images)

        def close(self) -> None:
            pass

    with auto(nobody(), LocalModel) as embedder:
        assert right(embedder.embed_texts(["sunset"]), [b"sunset"])
    with auto(nobody(), Wordless) as embedder, pytest.raises(InvalidRequest, match="has no text side"):
        embedder.embed_texts(["sunset"])
