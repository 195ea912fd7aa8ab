import asyncio
import base64
import io
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import numpy as np
import pytest
from tests.stand_ins import CORRUPT, POISON, StandInModel, only_offer, served, vector_of
from tests.waiting import PATIENCE, until

from pinakes.core.settings import InferenceSettings, Settings
from pinakes.models.base import LoadedModel
from pinakes.services.inference.main import build_application


@contextmanager
def service(model: StandInModel, *, wait: bool = True, **settings: object) -> Iterator[httpx.Client]:
    with serving(model.load, **settings) as client:
        until(lambda: not wait or client.get("/health").status_code == 200, "its health")
        model.forget()
        try:
            yield client
        finally:
            model.gate.set()


@contextmanager
def serving(load: Callable[[], LoadedModel], **settings: object) -> Iterator[httpx.Client]:
    chosen = Settings(inference=InferenceSettings(**settings))  # type: ignore[arg-type]
    with served(build_application(chosen, lambda: only_offer(load, name="stand-in"))) as client:
        yield client


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with service(StandInModel(), max_items=40, max_request_bytes=100_000, workers=2) as opened:
        yield opened


def rows_of(response: httpx.Response) -> np.ndarray:
    assert response.status_code == 200, response.text
    return np.float32(response.json()["embeddings"])


def parts(*images: bytes, field: str = "images") -> list[tuple[str, tuple[str, bytes]]]:
    return [(field, (f"{number}.jpg", image)) for number, image in enumerate(images)]


def test_loading_answers_503_and_then_200() -> None:
    may_load = threading.Event()

    def load() -> LoadedModel:
        assert may_load.wait(PATIENCE)
        return StandInModel().load()

    with serving(load) as client:
        loading = client.get("/health").json()
        assert (loading["status"], loading["uptime_seconds"]) == ("loading", 0.0)
        assert [(entry["name"], entry["state"]) for entry in loading["models"]] == [("stand-in", "loading")]
        assert client.get("/health").status_code == 503
        refused = client.post("/embed", content=b"a")
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "1"
        assert refused.json()["code"] == "not-ready"
        may_load.set()
        until(lambda: client.get("/health").status_code == 200, "its health")
        assert client.get("/health").json()["status"] == "healthy"
        assert client.post("/embed", content=b"a").status_code == 200


@pytest.mark.parametrize("field", ["images", "files", "file", "image", "images[]"])
def test_multipart_in_order(client: httpx.Client, field: str) -> None:
    images = [b"a" * 70_000, b"b", b"c"]
    rows = rows_of(client.post("/embed", files=parts(*images, field=field)))
    assert np.array_equal(rows, [vector_of(image) for image in images])


def test_json_base64_in_order(client: httpx.Client) -> None:
    encoded = [base64.b64encode(image).decode() for image in (b"a", b"b" * 60_000)]
    body = {"images": [{"data": encoded[0], "name": "a.jpg"}, f"data:image/jpeg;base64,{encoded[1]}"]}
    assert np.array_equal(
        rows_of(client.post("/embed", json=body)), [vector_of(b"a"), vector_of(b"b" * 60_000)]
    )


@pytest.mark.parametrize("media", ["image/jpeg", "application/octet-stream", None])
def test_raw_bytes_are_one_picture(client: httpx.Client, media: str | None) -> None:
    headers = {} if media is None else {"Content-Type": media}
    assert np.array_equal(rows_of(client.post("/embed", content=b"a", headers=headers)), [vector_of(b"a")])


def test_binary_answers(client: httpx.Client) -> None:
    raw = client.post("/embed", files=parts(b"a", b"b"), headers={"Accept": "application/octet-stream"})
    assert np.array_equal(np.frombuffer(raw.content, "<f4").reshape(2, 8), [vector_of(b"a"), vector_of(b"b")])
    npy = client.post("/embed", content=b"a", headers={"Accept": "application/x-npy"})
    assert np.array_equal(np.load(io.BytesIO(npy.content)), [vector_of(b"a")])


def test_one_corrupt_picture_in_32_fails_alone(client: httpx.Client) -> None:
    images = [b"%d" % number for number in range(32)]
    images[17] = CORRUPT
    found = client.post("/embed", files=parts(*images)).json()
    assert [index for index, row in enumerate(found["embeddings"]) if row is None] == [17]
    assert found["refused"][0] | {"detail": ""} == {
        "index": 17,
        "name": "17.jpg",
        "reason": "truncated",
        "detail": "",
    }


def test_a_picture_that_the_model_cannot_bear_fails_alone(client: httpx.Client) -> None:
    found = client.post("/embed", files=parts(b"a", POISON, b"b")).json()
    assert np.array_equal(np.float32(found["embeddings"][2]), vector_of(b"b"))
    assert [entry["reason"] for entry in found["refused"]] == ["model-failed"]
    alone = client.post("/embed", content=POISON)
    assert alone.status_code == 500
    assert alone.headers["x-should-retry"] == "false"
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("request_", "status", "told"),
    [
        ({"content": b""}, 400, "empty"),
        ({"files": parts(*[b"x"] * 41)}, 413, "over 40 inputs"),
        ({"json": {"images": []}}, 400, "no picture"),
        ({"json": {"images": ["YQ==", "?"]}}, 400, "images.1"),
        ({"json": {"pictures": []}}, 400, "no picture"),
        ({"json": {"images": [], "texts": []}}, 400, "no picture"),
        ({"json": {"images": ["YQ=="], "texts": ["a"]}}, 400, "pictures and texts"),
        ({"json": {"texts": ["a"] * 41}}, 413, "over 40 inputs"),
        ({"json": {"text": "a" * 70_000}}, 413, "70,000 characters"),
        ({"content": b"a", "params": {"model": "nobody"}}, 404, "nobody"),
        ({"json": {"text": "a", "model": "nobody"}}, 404, "nobody"),
        ({"content": b"x" * 100_001}, 413, "bytes"),
        ({"data": {"a": "b"}}, 415, "x-www-form-urlencoded"),
        ({"content": b"a", "headers": {"Content-Type": "text/plain"}}, 415, "text/plain"),
        ({"content": b"a", "headers": {"Content-Encoding": "gzip"}}, 415, "gzip"),
        ({"content": b"a", "headers": {"Content-Type": "multipart/form-data"}}, 400, "boundary"),
        ({"content": b"a", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}, 400, "multipart"),
        ({"files": parts(b"a", field="portrait")}, 400, "portrait"),
        ({"files": [("images", (None, b"a"))]}, 400, "text field"),
        ({"content": b"a", "headers": {"X-Pinakes-Timeout-Ms": "soon"}}, 400, "X-Pinakes-Timeout-Ms"),
    ],
)
def test_what_is_not_taken_is_said(
    client: httpx.Client, request_: dict[str, object], status: int, told: str
) -> None:
    response = client.post("/embed", **request_)  # type: ignore[arg-type]
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert told in response.text


def test_a_body_without_length_is_counted_as_it_comes(client: httpx.Client) -> None:
    def chunks(count: int) -> Iterator[bytes]:
        for _ in range(count):
            yield b"x" * 10_000

    good = client.post("/embed", content=chunks(10))
    assert np.array_equal(rows_of(good), [vector_of(b"x" * 100_000)])
    assert client.post("/embed", content=chunks(11)).status_code == 413


def test_overload_is_429_quickly_while_the_accepted_are_answered() -> None:
    model = StandInModel()
    with service(model, max_waiting=4, workers=1) as client, ThreadPoolExecutor(4) as pool:
        model.gate.clear()
        accepted = [pool.submit(client.post, "/embed", content=b"%d" % number) for number in range(4)]
        wait_for_metric(client, b"waiting_items 4.0")
        refused = client.post("/embed", content=b"one too many")  # while none of the others can be answered
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
        assert int(refused.headers["retry-after-ms"]) >= 1
        assert client.get("/health").status_code == 200
        model.gate.set()
        assert [future.result().status_code for future in accepted] == [200] * 4
        assert client.post("/embed", content=b"now").status_code == 200


def test_what_could_not_be_done_in_time_is_refused_before_its_body_comes() -> None:
    model = StandInModel(seconds_per_image=0.02)
    told = {"X-Pinakes-Client": "bulk", "X-Pinakes-Timeout-Ms": "1000"}
    with service(model, workers=1) as client, ThreadPoolExecutor(1) as pool:
        client.post("/embed", files=parts(*[b"a"] * 20))  # by which the pace is measured
        model.gate.clear()
        bulk = pool.submit(
            client.post,
            "/embed",
            files=parts(*[b"b"] * 100),
            headers=told | {"X-Pinakes-Timeout-Ms": "30000"},
        )
        wait_for_metric(client, b"waiting_items 100.0")
        with head(client, 9000, told) as connection:
            assert connection.recv(100).startswith(b"HTTP/1.1 429")
        with head(client, 9000, told | {"X-Pinakes-Client": "person"}) as connection:
            assert connection.recv(100).startswith(b"HTTP/1.1 100")
        model.gate.set()
        assert bulk.result().status_code == 200


def test_a_deadline_is_504_and_frees_the_engine() -> None:
    model = StandInModel()
    with service(model, workers=1, seconds=5.0) as client:
        model.gate.clear()
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(client.post, "/embed", content=b"running")
            assert model.entered.acquire(timeout=PATIENCE)
            late = client.post("/embed", content=b"late", headers={"X-Pinakes-Timeout-Ms": "300"})
            assert late.status_code == 504
            assert late.json()["code"] == "deadline-exceeded"
            assert late.headers["x-should-retry"] == "false"
            model.gate.set()
            assert running.result().status_code == 200
        assert client.post("/embed", content=b"next").status_code == 200
        assert b"late" not in model.seen


def test_a_client_that_disconnects_is_dropped_and_its_neighbours_are_not() -> None:
    model = StandInModel()
    with service(model, workers=1) as client, ThreadPoolExecutor(2) as pool:
        model.gate.clear()
        running = pool.submit(client.post, "/embed", content=b"running")
        assert model.entered.acquire(timeout=PATIENCE)
        with upload(client, b"gone", length=4):
            stays = pool.submit(client.post, "/embed", content=b"stays")
            wait_for_metric(client, b"waiting_items 3.0")
        wait_for_metric(client, b"waiting_items 2.0")
        model.gate.set()
        assert running.result().status_code == 200
        assert stays.result().status_code == 200
        assert b"gone" not in model.seen
        assert (
            b'pinakes_inference_requests_total{door="native",outcome="gone"} 1.0'
            in client.get("/metrics").content
        )


def test_a_client_that_disconnects_in_the_middle_of_its_body_leaves_nothing_behind() -> None:
    with service(StandInModel()) as client:
        with upload(client, b"part", length=9000):
            pass
        wait_for_metric(client, b'requests_total{door="native",outcome="gone"} 1.0')
        assert client.post("/embed", content=b"a").status_code == 200


def test_a_slow_upload_is_served_and_holds_nobody_up() -> None:
    with service(StandInModel(), seconds=2.0) as client, upload(client, b"", length=8) as slow:
        for byte in b"slowpict":
            slow.sendall(bytes([byte]))
            time.sleep(0.02)
            assert client.post("/embed", content=b"meanwhile").status_code == 200
        assert slow.recv(100).startswith(b"HTTP/1.1 200")


def test_an_upload_that_stalls_is_408() -> None:
    with service(StandInModel(), seconds=0.1) as client, upload(client, b"slow", length=8) as stalled:
        assert stalled.recv(100).startswith(b"HTTP/1.1 408")


def test_an_upload_may_not_go_on_for_ever() -> None:
    with service(StandInModel(), upload_seconds=0.3) as client, upload(client, b"", length=1000) as dripping:
        for _ in range(500):
            if select.select([dripping], [], [], 0.01)[0]:
                break
            dripping.sendall(b"x")
        assert dripping.recv(100).startswith(b"HTTP/1.1 408")


def test_bytes_of_all_bodies_of_an_address_together_are_bounded_by_what_is_left_for_others() -> None:
    with service(StandInModel(), max_waiting_bytes=1000, max_request_bytes=1000) as client:
        with upload(client, b"", length=400):
            assert client.post("/embed", content=b"x" * 100).status_code == 200
            assert client.post("/embed", content=b"x" * 200).status_code == 429
        until(lambda: client.post("/embed", content=b"x" * 200).status_code == 200, "room")


def test_the_event_loop_stays_free_while_the_model_works() -> None:
    model = StandInModel()
    with service(model, workers=1) as client:
        model.gate.clear()

        async def ask() -> None:
            async with httpx.AsyncClient(
                base_url=client.base_url, trust_env=False, timeout=PATIENCE / 2
            ) as many:
                busy = [asyncio.create_task(many.post("/embed", content=b"%d" % n)) for n in range(20)]
                await asyncio.to_thread(wait_for_metric, client, b"waiting_items 20.0")
                assert (await many.get("/health")).status_code == 200  # while the model works
                model.gate.set()
                assert {(await response).status_code for response in busy} == {200}

        asyncio.run(ask())


def test_the_description_names_every_body_and_refusal(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()["paths"]["/embed"]["post"]
    assert set(described["requestBody"]["content"]) == {
        "multipart/form-data",
        "application/json",
        "image/*",
        "application/octet-stream",
        "application/x-npy",
    }
    assert {"200", "400", "408", "413", "415", "429", "503", "504"} <= set(described["responses"])
    assert "POST /embed" in client.get("/").json()["paths"]


@contextmanager
def upload(client: httpx.Client, body: bytes, *, length: int) -> Iterator[socket.socket]:
    """Send the head of a request and, once the service has let it in, the beginning of its body."""
    with head(client, length) as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(body)
        yield connection


@contextmanager
def head(
    client: httpx.Client, length: int, headers: Mapping[str, str] | None = None
) -> Iterator[socket.socket]:
    """Send the head of a request whose body waits until the service asks for it."""
    fields = {"Host": "localhost", "Content-Length": length, "Expect": "100-continue", **(headers or {})}
    lines = ["POST /embed HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    address = (client.base_url.host, client.base_url.port or 80)
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        connection.sendall("\r\n".join(lines).encode())
        yield connection


def wait_for_metric(client: httpx.Client, line: bytes) -> None:
    until(lambda: line in client.get("/metrics").content, line.decode())
