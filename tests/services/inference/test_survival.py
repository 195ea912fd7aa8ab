"""What may go wrong with a service in use, each by its name, against real servers."""

import base64
import io
import json
import select
import socket
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import httpx
import numpy as np
import pytest
from tests.pictures import encoded, shapes
from tests.services.inference.several_models import offer_of, serving
from tests.stand_ins import StandInModel, inference_service, served, vector_of
from tests.waiting import PATIENCE, until

from pinakes.clients.factory import open_embedder
from pinakes.core.settings import ClientSettings, ImageLimits, InferenceSettings, Settings
from pinakes.core.types import Task
from pinakes.services.chosen.embedders import built_in_embedder
from pinakes.services.chosen.offers import offers_of
from pinakes.services.inference.main import build_application


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A service of the built-in model, which takes pictures of at most a million pixels."""
    settings = Settings(
        images=ImageLimits(max_pixels=1_000_000),
        inference=InferenceSettings(workers=2, model="pinakes-global"),
    )
    with served(build_application(settings, offers_of(settings))) as opened:
        until(lambda: opened.get("/readyz").status_code == 200)
        yield opened
        assert waiting(opened) == 0


@contextmanager
def stand_in(model: StandInModel, **settings: object) -> Iterator[httpx.Client]:
    """A service of a stand-in, which must be empty of requests in the end."""
    with serving([offer_of(model, Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING)], **settings) as client:
        model.forget()
        try:
            yield client
        finally:
            model.gate.set()
        until(lambda: waiting(client) == 0)
        assert client.post("/embed", content=b"after all that").status_code == 200


def waiting(client: httpx.Client) -> float:
    line = next(
        line
        for line in client.get("/metrics").text.splitlines()
        if line.startswith("pinakes_inference_waiting_items ")
    )
    return float(line.split()[1])


def address_of(client: httpx.Client) -> tuple[str, int]:
    return client.base_url.host, client.base_url.port or 80


def head(length: int, path: str = "/embed") -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n".encode()


def bomb(side: int) -> bytes:
    """A PNG of side × side black pixels that is small as a file."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(side + 1) * 16, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_one_corrupt_picture_in_a_batch_of_32(client: httpx.Client) -> None:
    pictures = [encoded(shapes(seed)) for seed in range(32)]
    alone = client.post("/embed", content=pictures[3]).json()["embeddings"][0]
    pictures[17] = pictures[17][:-200]
    files = [("images", (f"{number}.jpg", picture)) for number, picture in enumerate(pictures)]
    found = client.post("/embed", files=files).json()
    assert [index for index, row in enumerate(found["embeddings"]) if row is None] == [17]
    assert [(entry["index"], entry["name"], entry["reason"]) for entry in found["refused"]] == [
        (17, "17.jpg", "truncated")
    ]
    assert np.array_equal(np.float32(found["embeddings"][3]), np.float32(alone))


@pytest.mark.parametrize("form", ["raw", "multipart", "json"])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(client: httpx.Client, form: str) -> None:
    sent = bomb(50_000)
    assert len(sent) < 10_000
    began = time.monotonic()
    if form == "raw":
        response = client.post("/embed", content=sent)
    elif form == "multipart":
        response = client.post("/embed", files={"images": ("bomb.png", sent)})
    else:
        response = client.post("/embed", json={"image": base64.b64encode(sent).decode()})
    assert (response.status_code, response.json()["refused"][0]["reason"]) == (413, "too-many-pixels")
    assert time.monotonic() - began < 10, "decoded, it would be gigabytes"


def test_a_bomb_among_good_pictures_is_refused_alone(client: httpx.Client) -> None:
    files = [("images", ("a.jpg", encoded(shapes(1)))), ("images", ("bomb.png", bomb(50_000)))]
    found = client.post("/embed", files=files).json()
    assert [row is None for row in found["embeddings"]] == [False, True]


def test_pixels_that_claim_to_be_more_than_they_are_make_no_array(client: httpx.Client) -> None:
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2000000000, 2000000000, 3)}"
    sent = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    response = client.post("/embed", content=sent, headers={"Content-Type": "application/x-npy"})
    assert (response.status_code, response.json()["code"]) == (413, "too-large")


def test_json_nested_without_end_is_refused(client: httpx.Client) -> None:
    sent = b'{"images":' + b"[" * 1_000_000
    response = client.post("/embed", content=sent, headers={"Content-Type": "application/json"})
    assert response.status_code == 400


def test_cancelling_one_of_three_in_a_batch_leaves_the_others_right() -> None:
    model = StandInModel()
    with stand_in(model, workers=1, max_batch=8) as client, ThreadPoolExecutor(3) as pool:
        model.gate.clear()
        blocker = pool.submit(client.post, "/embed", content=b"blocker")
        assert model.entered.acquire(timeout=PATIENCE)
        others = [pool.submit(client.post, "/embed", content=image) for image in (b"one", b"three")]
        with socket.create_connection(address_of(client)) as leaving:
            leaving.sendall(head(3) + b"two")
            until(lambda: waiting(client) == 4)
        until(lambda: waiting(client) == 3)
        model.gate.set()
        assert blocker.result().status_code == 200
        for response, image in zip(others, (b"one", b"three"), strict=True):
            assert np.array_equal(np.float32(response.result().json()["embeddings"][0]), vector_of(image))
        assert b"two" not in model.seen


def test_cancelling_what_is_in_the_model_already_harms_no_neighbour() -> None:
    model = StandInModel()
    with stand_in(model, workers=1) as client, ThreadPoolExecutor(1) as pool:
        model.gate.clear()
        with socket.create_connection(address_of(client)) as leaving:
            leaving.sendall(head(7) + b"leaving")
            assert model.entered.acquire(timeout=PATIENCE)
            stays = pool.submit(client.post, "/embed", content=b"stays")
            until(lambda: waiting(client) == 2)
        model.gate.set()
        assert np.array_equal(np.float32(stays.result().json()["embeddings"][0]), vector_of(b"stays"))


def test_clients_that_leave_at_any_moment_leave_nothing_behind() -> None:
    request = head(60) + b"x" * 60
    with stand_in(StandInModel(seconds_per_image=0.001)) as client:
        for cut in range(0, len(request) + 1, 5):
            with socket.create_connection(address_of(client)) as leaving:
                leaving.sendall(request[:cut])
                if cut % 2:  # some go with a reset, not with a farewell
                    leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_model_whose_forward_raises_fails_its_requests_and_comes_back() -> None:
    model = StandInModel()
    with stand_in(model) as client:
        model.broken = True
        for _ in range(3):
            failed = client.post("/embed", files=[("images", ("a", b"a")), ("images", ("b", b"b"))])
            assert (failed.status_code, failed.headers["x-should-retry"]) == (500, "false")
            assert {entry["reason"] for entry in failed.json()["refused"]} == {"model-failed"}
        until(lambda: client.get("/health").json()["status"] == "failing")
        assert client.get("/readyz").status_code == 503
        assert client.get("/livez").status_code == 200
        model.broken = False
        until(lambda: client.post("/embed", content=b"again").status_code == 200)
        until(lambda: client.get("/readyz").status_code == 200)


def test_fifty_slow_uploads_hold_nobody_up() -> None:
    with stand_in(StandInModel()) as client, ExitStack() as slow:
        uploads = [slow.enter_context(socket.create_connection(address_of(client))) for _ in range(50)]
        for upload in uploads:
            upload.sendall(head(1000) + b"x")
        for number in range(20):
            assert client.post("/embed", content=b"%d" % number).status_code == 200
        assert not select.select(uploads, [], [], 0)[0], "all of them are still under way"


def test_kill_9_under_load_costs_a_client_in_auto_nothing_but_time() -> None:
    pictures = [encoded(shapes(seed, 48, 64)) for seed in range(8)] * 25
    expected = np.stack(built_in_embedder(ImageLimits()).embed(pictures[:8]))  # type: ignore[arg-type]
    with inference_service(model="built-in", workers=1) as service, ThreadPoolExecutor(4) as pool:
        service.wait_until_healthy()
        settings = ClientSettings(mode="auto", service_url=service.url)

        def embed(_number: int) -> tuple[np.ndarray, str]:  # type: ignore[type-arg]
            embedder = open_embedder(settings, local=lambda: built_in_embedder(ImageLimits()))
            try:
                rows = np.stack(embedder.embed(pictures))  # type: ignore[arg-type]
                return rows, embedder.used  # type: ignore[attr-defined]
            finally:
                embedder.close()

        running = [pool.submit(embed, number) for number in range(4)]
        with httpx.Client(base_url=service.url, trust_env=False, timeout=PATIENCE) as watcher:
            until(lambda: waiting(watcher) > 4)
        service.kill()
        for rows, used in [future.result(60) for future in running]:
            assert used == "local"  # it began with the service, and ended here
            assert rows.shape == (200, expected.shape[1])
            assert np.allclose(rows.reshape(25, 8, -1), expected, atol=1e-6)


def test_the_answers_under_load_are_each_their_own() -> None:
    with stand_in(StandInModel(), workers=2, max_batch=4) as client, ThreadPoolExecutor(16) as pool:
        lock, wrong = threading.Lock(), []

        def ask(number: int) -> None:
            images = [b"%d-%d" % (number, place) for place in range(number % 5 + 1)]
            encoded_images = [base64.b64encode(image).decode() for image in images]
            response = client.post(
                "/embed",
                content=json.dumps({"images": encoded_images}),
                headers={"Content-Type": "application/json", "Accept": "application/x-npy"},
            )
            rows = np.load(io.BytesIO(response.content), allow_pickle=False)
            if not np.array_equal(rows, [vector_of(image) for image in images]):
                with lock:
                    wrong.append(number)

        list(pool.map(ask, range(200)))
        assert wrong == []
