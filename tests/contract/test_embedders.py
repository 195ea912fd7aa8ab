"""What every Embedder promises, asked of each implementer: in process, over HTTP, and choosing by itself."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image
from tests.stand_ins import ServiceProcess, inference_service

from pinakes.clients.factory import open_embedder
from pinakes.core.protocols import Embedder
from pinakes.core.settings import ClientSettings, ImageLimits
from pinakes.core.types import Refusal, Vector
from pinakes.services.chosen.embedders import built_in_embedder


def local() -> Embedder:
    return built_in_embedder(ImageLimits())  # type: ignore[call-arg]


def never() -> Embedder:
    raise AssertionError("the local model was not needed")


@pytest.fixture(scope="module")
def service() -> Iterator[ServiceProcess]:
    with inference_service(model="built-in") as running:
        running.wait_until_healthy()
        yield running


#: Implementers by what they are: the mode, and the services that are named; `{0}` and `{1}` are two that run.
IMPLEMENTERS = {
    "local": ("local", ""),
    "remote": ("remote", "{0}"),
    "remote, a fleet": ("remote", "{0},{1}"),
    "remote, a fleet with one away": ("remote", "http://127.0.0.1:9,{1}"),
    "auto with a service": ("auto", "{0}"),
    "auto without": ("auto", "http://127.0.0.1:9"),
}


@pytest.fixture(scope="module")
def second() -> Iterator[ServiceProcess]:
    with inference_service(model="built-in") as running:
        running.wait_until_healthy()
        yield running


@pytest.fixture(params=IMPLEMENTERS)
def embedder(
    request: pytest.FixtureRequest, service: ServiceProcess, second: ServiceProcess
) -> Iterator[Embedder]:
    mode, urls = IMPLEMENTERS[request.param]
    needed = request.param in ("local", "auto without")
    make: Callable[[], Embedder] = local if needed else never
    settings = ClientSettings(mode=mode, service_url=urls.format(service.url, second.url))  # type: ignore[arg-type]
    opened = open_embedder(settings, local=make)
    yield opened
    opened.close()


def picture(seed: int, *, form: str = "JPEG", size: tuple[int, int] = (64, 48)) -> bytes:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(stream, form)
    return stream.getvalue()


def large_png(side: int) -> bytes:
    """A PNG of `side` × `side` black pixels that took next to nothing to make."""
    row = zlib.compressobj()
    rows = b"".join([row.compress(bytes(1 + side // 8)) for _ in range(100)]) + row.flush()
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))
        for kind, payload in chunks
    )


def vector(outcome: Vector | Refusal) -> Vector:
    assert not isinstance(outcome, Refusal), outcome
    return outcome


def test_it_is_an_embedder(embedder: Embedder) -> None:
    assert isinstance(embedder, Embedder)


def test_the_identity_is_the_same_wherever_the_model_runs(embedder: Embedder) -> None:
    reference = local()
    assert embedder.identity == reference.identity
    reference.close()


def test_one_unit_vector_per_picture_in_order(embedder: Embedder) -> None:
    images = [picture(seed) for seed in range(20)]
    together = [vector(outcome) for outcome in embedder.embed(images)]
    assert len(together) == 20
    for outcome in together:
        assert outcome.dtype == np.float32
        assert outcome.shape == (embedder.identity.dimensions,)
        assert np.linalg.norm(outcome) == pytest.approx(1.0, abs=1e-5)
    alone = vector(embedder.embed([images[7]])[0])
    assert np.array_equal(alone, together[7])


def test_the_same_bytes_give_the_same_vector_as_in_process(embedder: Embedder) -> None:
    reference = local()
    image = picture(3, form="PNG")
    assert np.array_equal(vector(embedder.embed([image])[0]), vector(reference.embed([image])[0]))
    reference.close()


def test_nothing_gives_nothing(embedder: Embedder) -> None:
    assert embedder.embed([]) == []


@pytest.mark.parametrize(
    ("bad", "reasons"),
    [
        (b"", {"empty"}),
        (b"this is no picture at all", {"not-a-picture", "damaged", "unsupported-format"}),
        (picture(1)[:700], {"truncated", "damaged"}),
    ],
)
def test_a_bad_picture_is_refused_alone(embedder: Embedder, bad: bytes, reasons: set[str]) -> None:
    outcomes = embedder.embed([picture(1), bad, picture(2)])
    vector(outcomes[0])
    vector(outcomes[2])
    assert isinstance(outcomes[1], Refusal)
    assert outcomes[1].reason in reasons
    only = embedder.embed([bad])[0]
    assert isinstance(only, Refusal)
    assert only.reason in reasons


def test_a_decompression_bomb_is_refused_before_it_costs_anything(embedder: Embedder) -> None:
    bomb, good = embedder.embed([large_png(60_000), picture(1)])
    assert isinstance(bomb, Refusal)
    assert bomb.reason == "too-many-pixels"
    vector(good)


@pytest.mark.parametrize("protocol", ["oip", "openai"])
def test_our_own_service_can_be_reached_in_other_peoples_words(
    protocol: str, service: ServiceProcess
) -> None:
    images = [picture(seed) for seed in range(20)]
    reference = local()
    settings = ClientSettings(mode="remote", protocol=protocol, service_url=service.url)  # type: ignore[arg-type]
    opened = open_embedder(settings, local=never)
    try:
        for found, wanted in zip(opened.embed(images), reference.embed(images), strict=True):
            assert np.allclose(vector(found), vector(wanted), atol=1e-6)
        good, bad = opened.embed([images[0], b"this is no picture at all"])
        vector(good)
        assert isinstance(bad, Refusal)
        assert opened.identity == reference.identity
    finally:
        opened.close()
        reference.close()
