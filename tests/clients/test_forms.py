from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.wire_service import WireService, serving, vector_of

from pinakes.clients import Client
from pinakes.clients.forms import form_of, identity_of
from pinakes.clients.patience import Patience
from pinakes.clients.protocols.base import Served
from pinakes.core.errors import ImageRefused, InvalidRequest
from pinakes.core.settings import ClientSettings
from pinakes.core.types import ModelIdentity, Pixels, Refusal

MODEL = ModelIdentity("wire", "1", "none", 8)
FILES, BOTH = Served(MODEL), Served(MODEL, ("files", "pixels"), 4)
TENSORS = Served(MODEL, ("tensors",), 4)


class Flat:
    """A local preprocess that makes a picture's first byte its only colour."""

    def __init__(self, fingerprint: str = "none") -> None:
        self.fingerprint = fingerprint

    def equals(self, preprocess: str) -> bool:
        return preprocess == self.fingerprint

    def pixels(self, encoded: bytes, side: int) -> Pixels:
        if encoded == b"bad":
            raise ImageRefused("truncated", "Its end is missing.")
        return np.full((side, side, 3), encoded[0], dtype=np.uint8)

    def tensor(self, encoded: bytes, side: int) -> NDArray[np.float32]:
        return np.full((3, side, side), encoded[0], dtype=np.float32)


@contextmanager
def client_over(service: WireService, preprocess: Flat | None, send: str) -> Iterator[Client]:
    settings = ClientSettings(send=send)  # type: ignore[arg-type]
    patience = Patience(1, 1, first=0.05)
    with serving(service), Client(service.url, settings, preprocess=preprocess, patience=patience) as client:
        yield client


def test_pixels_go_instead_of_files_and_bad_pictures_not_at_all() -> None:
    service = WireService(health={"input_side": 4})
    with client_over(service, Flat(), "pixels") as client:
        first, bad, second = client.embed([b"ab", b"bad", b"cd"])
        assert client.identity == MODEL
    assert service.asked[0].headers["content-type"] == "application/x-npy"
    assert service.seen == [b"a" * 48, b"c" * 48]
    assert np.array_equal(first, vector_of(b"a" * 48))
    assert np.array_equal(second, vector_of(b"c" * 48))
    assert isinstance(bad, Refusal)
    assert bad.reason == "truncated"


def test_pixels_made_in_another_way_give_embeddings_that_say_so() -> None:
    with client_over(WireService(health={"input_side": 4}), Flat("lanczos"), "pixels") as client:
        assert client.identity == ModelIdentity("wire", "1", "none/lanczos", 8)


@pytest.mark.parametrize(
    ("fingerprint", "content_type"), [("none", "application/x-npy"), ("lanczos", "application/octet-stream")]
)
def test_left_to_itself_it_sends_pixels_only_where_they_change_nothing(
    fingerprint: str, content_type: str
) -> None:
    service = WireService(health={"input_side": 4})
    with client_over(service, Flat(fingerprint), "auto") as client:
        assert client.identity == MODEL
        client.embed([b"ab"])
    assert service.asked[0].headers["content-type"] == content_type


def test_a_service_that_takes_no_pixels_is_sent_files_or_the_caller_told() -> None:
    with client_over(service := WireService(), Flat(), "auto") as client:
        client.embed([b"ab"])
    assert service.seen == [b"ab"]
    with (
        client_over(WireService(), Flat(), "pixels") as client,
        pytest.raises(InvalidRequest, match="does not take pixels") as caught,
    ):
        client.embed([b"ab"])
    assert "PINAKES_CLIENT__SEND" in caught.value.remedy


@pytest.mark.parametrize(
    ("served", "send", "preprocess", "form"),
    [
        (FILES, "auto", None, "files"),
        (FILES, "auto", Flat(), "files"),
        (BOTH, "files", Flat(), "files"),
        (BOTH, "pixels", Flat("other"), "pixels"),
        (TENSORS, "auto", Flat("other"), "tensors"),
        (TENSORS, "pixels", Flat("other"), "tensors"),
    ],
)
def test_the_form_follows_what_is_asked_for_and_possible(served: Served, send, preprocess, form: str) -> None:  # type: ignore[no-untyped-def]
    assert form_of(served, send, preprocess) == form


@pytest.mark.parametrize(("served", "send"), [(TENSORS, "auto"), (BOTH, "pixels"), (TENSORS, "files")])
def test_what_nothing_here_can_make_is_said(served: Served, send) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidRequest):
        form_of(served, send, None)


def test_files_keep_the_identity_whatever_is_at_hand() -> None:
    assert identity_of(BOTH, "files", Flat("other")) == MODEL
