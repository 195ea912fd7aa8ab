"""Each fact of the REST protocol as any client sees it on the wire."""

import asyncio
import gzip
import json
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import numpy as np
import pytest
from structlog.testing import capture_logs
from tests.services.inference.oip.serving import gated, service
from tests.serving.one_engine import settled
from tests.stand_ins import CORRUPT, POISON, StandInModel, only_offer, vector_of
from tests.waiting import PATIENCE, until

from pinakes.core.types import Task
from pinakes.models.base import LoadedModel
from pinakes.serving.catalogue import Offer

INFER = "/v2/models/stand-in/infer"
LENGTH = "Inference-Header-Content-Length"

#: Where the loop is held up, the first question waits for the end of the reading, and few come after it.
LEAST_MEANWHILE = 5


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with service(grpc_port=None, max_items=40, max_request_bytes=1_000_000) as running:
        yield running.client


def frames(*elements: bytes) -> bytes:
    return b"".join(len(element).to_bytes(4, "little") + element for element in elements)


def binary(*images: bytes, name: str = "images", **request: Any) -> tuple[dict[str, str], bytes]:
    """Headers and body of a request whose pictures are binary."""
    raw = frames(*images)
    tensor = {
        "name": name,
        "datatype": "BYTES",
        "shape": [len(images)],
        "parameters": {"binary_data_size": len(raw)},
    }
    head = json.dumps({"inputs": [tensor], **request}).encode()
    return {LENGTH: str(len(head))}, head + raw


def texts(*words: str, **request: Any) -> dict[str, Any]:
    tensor = {"name": "texts", "datatype": "BYTES", "shape": [len(words)], "data": list(words)}
    return {"inputs": [tensor], **request}


def rows_in(response: httpx.Response) -> np.ndarray:
    """The embeddings of an answer, in whichever form they are."""
    assert response.status_code == 200, response.text
    length = int(response.headers.get(LENGTH, len(response.content)))
    (output, *_) = json.loads(response.content[:length])["outputs"]
    assert output["name"] == "embeddings"
    if "data" in output:
        return np.float32(output["data"]).reshape(output["shape"])
    size = output["parameters"]["binary_data_size"]
    return np.frombuffer(response.content[length : length + size], "<f4").reshape(output["shape"])


def test_the_server_says_what_it_is_and_what_it_implements(client: httpx.Client) -> None:
    told = client.get("/v2").json()
    assert set(told) == {"name", "version", "extensions"}
    assert {"binary_tensor_data", "statistics", "model_repository", "parameters"} <= set(told["extensions"])
    assert not {"classification", "sequence", "system_shared_memory", "trace"} & set(told["extensions"])


def test_health_is_a_status_and_a_body(client: httpx.Client) -> None:
    live, ready = client.get("/v2/health/live"), client.get("/v2/health/ready")
    assert (live.status_code, live.json()) == (200, {"live": True})
    assert (ready.status_code, ready.json()) == (200, {"live": True, "ready": True})


def test_while_the_model_loads_it_is_alive_and_not_ready() -> None:
    may_load = threading.Event()

    def load() -> LoadedModel:
        assert may_load.wait(PATIENCE)
        return StandInModel().load()

    with service(lambda: only_offer(load, name="stand-in"), wait=False, grpc_port=None) as running:
        client = running.client
        assert client.get("/v2/health/live").status_code == 200
        ready = client.get("/v2/health/ready")
        assert ready.status_code == 503
        assert ready.json() == {"live": True, "ready": False, "error": "The service is loading."}
        assert ready.headers["retry-after"] == "1"
        model = client.get("/v2/models/stand-in/ready")
        assert model.status_code == 503
        assert model.json()["ready"] is False
        assert client.post("/v2/repository/index").json()[0]["state"] == "LOADING"
        refused = client.post(INFER, json=texts("a"))
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) >= 1
        assert "loading" in refused.json()["error"]
        assert client.get("/v2/models/stand-in").status_code == 503
        may_load.set()
        assert client.post("/v2/repository/models/stand-in/load").status_code == 200
        assert client.get("/v2/health/ready").status_code == 200


@pytest.mark.parametrize("version", ["", "/versions/1"])
def test_metadata_names_versions_and_tensors(client: httpx.Client, version: str) -> None:
    told = client.get(f"/v2/models/stand-in{version}").json()
    assert told["name"] == "stand-in"
    assert told["versions"] == ["1"]
    assert told["platform"] == "pinakes"
    assert told["inputs"] == [
        {"name": "images", "datatype": "BYTES", "shape": [-1]},
        {"name": "pixels", "datatype": "UINT8", "shape": [-1, -1, -1, 3]},
        {"name": "texts", "datatype": "BYTES", "shape": [-1]},
    ]
    assert told["outputs"] == [
        {"name": "embeddings", "datatype": "FP32", "shape": [-1, 8]},
        {"name": "refused", "datatype": "BYTES", "shape": [-1]},
    ]
    assert told["parameters"] == {"revision": "1", "preprocess": "none"}


@pytest.mark.parametrize("version", ["", "/versions/1"])
def test_readiness_configuration_and_statistics_of_a_model(client: httpx.Client, version: str) -> None:
    base = f"/v2/models/stand-in{version}"
    assert client.get(f"{base}/ready").json() == {"name": "stand-in", "ready": True}
    config = client.get(f"{base}/config").json()
    assert config["name"] == "stand-in"
    assert config["max_batch_size"] == 0
    assert config["input"][0] == {
        "name": "images",
        "data_type": "TYPE_STRING",
        "dims": [-1],
        "optional": True,
    }
    assert config["output"][0] == {"name": "embeddings", "data_type": "TYPE_FP32", "dims": [-1, 8]}
    assert "dynamic_batching" in config
    before = client.get(f"{base}/stats").json()["model_stats"][0]
    rows_in(client.post(f"{base}/infer", json=texts("a", "b")))
    (after,) = client.get("/v2/models/stats").json()["model_stats"]
    assert after["inference_count"] == before["inference_count"] + 2
    assert after["execution_count"] > before["execution_count"]
    assert after["last_inference"] > 1e12
    assert set(after["inference_stats"]) == {
        *("success", "fail", "queue", "compute_input", "compute_infer", "compute_output"),
        *("cache_hit", "cache_miss"),
    }
    assert after["inference_stats"]["success"]["count"] == before["inference_stats"]["success"]["count"] + 2
    assert (
        sum(entry["compute_infer"]["count"] * entry["batch_size"] for entry in after["batch_stats"])
        == after["inference_count"]
    )
    assert all(entry["compute_output"]["ns"] > 0 for entry in after["batch_stats"])
    assert sum(entry["compute_input"]["ns"] for entry in after["batch_stats"]) > 0


def test_the_index_takes_an_empty_body(client: httpx.Client) -> None:
    there = [{"name": "stand-in", "version": "1", "state": "READY", "reason": ""}]
    assert client.post("/v2/repository/index").json() == there
    assert client.post("/v2/repository/index", json={"ready": True}).json() == there


def test_loading_and_unloading_answer_200_with_nothing() -> None:
    with service(grpc_port=None) as running:
        client = running.client
        unloaded = client.post(
            "/v2/repository/models/stand-in/unload", json={"parameters": {"unload_dependents": True}}
        )
        assert (unloaded.status_code, unloaded.content) == (200, b"")
        assert client.get("/v2/models/stand-in/ready").status_code == 503
        assert client.get("/v2/health/live").status_code == 200
        assert client.post("/v2/repository/index", json={"ready": True}).json() == []
        loaded = client.post("/v2/repository/models/stand-in/load", json={})
        assert (loaded.status_code, loaded.content) == (200, b"")
        assert client.get("/v2/models/stand-in/ready").status_code == 200


def test_a_model_that_is_not_in_memory_begins_to_load_when_it_is_asked() -> None:
    def offers() -> list[Offer]:
        return [
            Offer(name, "1", 1, frozenset({Task.TEXT_EMBEDDING}), 0, True, StandInModel(name=name).load)
            for name in ("stand-in", "second")
        ]

    with service(offers, grpc_port=None) as running:
        told = running.client.get("/v2/models/second").json()
        assert [port["name"] for port in told["inputs"]] == ["texts"]
        assert told["outputs"][0]["shape"] == [-1, -1]  # not known before it is loaded
        first = running.client.post("/v2/models/second/infer", json=texts("a"))
        assert first.status_code == 503
        assert "retry-after" in first.headers
        until(
            lambda: running.client.post("/v2/models/second/infer", json=texts("a")).status_code == 200,
            "the second model",
        )


@pytest.mark.parametrize("media", [None, "application/octet-stream", "application/json", "text/nonsense"])
def test_no_content_type_is_wanted(client: httpx.Client, media: str | None) -> None:
    headers, body = binary(b"a", b"b")
    if media:
        headers["Content-Type"] = media
    rows = rows_in(client.post(INFER, content=body, headers=headers))
    assert np.array_equal(rows, [vector_of(b"a"), vector_of(b"b")])


def test_without_the_length_header_the_body_is_json(client: httpx.Client) -> None:
    response = client.post(INFER, json=texts("ä", id="seven"))
    assert response.headers["content-type"] == "application/json"
    assert LENGTH not in response.headers
    told = response.json()
    assert told["id"] == "seven"
    assert (told["model_name"], told["model_version"]) == ("stand-in", "1")
    assert told["parameters"] == {"revision": "1", "preprocess": "none", "normalised": True}
    assert np.array_equal(rows_in(response), [vector_of("ä".encode())])


def test_a_length_of_zero_is_a_raw_picture_and_a_binary_answer(client: httpx.Client) -> None:
    response = client.post(INFER, content=b"raw picture", headers={LENGTH: "0"})
    assert response.headers["content-type"] == "application/octet-stream"
    assert int(response.headers[LENGTH]) < len(response.content)
    assert np.array_equal(rows_in(response), [vector_of(b"raw picture")])


def test_pixels_may_come_instead_of_files(client: httpx.Client) -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3)
    tensor = {"name": "pixels", "datatype": "UINT8", "shape": [2, 2, 2, 3], "data": pixels.tolist()}
    rows = rows_in(client.post(INFER, json={"inputs": [tensor]}))
    assert np.array_equal(rows, [vector_of(picture.tobytes()) for picture in pixels])


def test_the_form_of_outputs_is_the_requests_choice(client: httpx.Client) -> None:
    named = [{"name": "embeddings", "parameters": {"binary_data": True}}]
    binary_rows = client.post(INFER, json=texts("a", outputs=named))
    everything = client.post(INFER, json=texts("a", parameters={"binary_data_output": True}))
    overridden = client.post(
        INFER,
        json=texts(
            "a",
            parameters={"binary_data_output": True},
            outputs=[{"name": "embeddings", "parameters": {"binary_data": False}}],
        ),
    )
    assert LENGTH in binary_rows.headers
    assert LENGTH in everything.headers
    assert LENGTH not in overridden.headers
    for response in (binary_rows, everything, overridden):
        assert np.array_equal(rows_in(response), [vector_of(b"a")])


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_compressed_bodies_count_their_json_uncompressed(client: httpx.Client, coding: str) -> None:
    headers, body = binary(b"a" * 50_000, parameters={"binary_data_output": True})
    pack = gzip.compress if coding == "gzip" else zlib.compress
    headers |= {"Content-Encoding": coding, "Accept-Encoding": coding}
    response = client.post(INFER, content=pack(body), headers=headers)
    assert response.headers["content-encoding"] == coding
    assert int(response.headers[LENGTH]) <= len(response.content)  # httpx has unpacked it
    assert np.array_equal(rows_in(response), [vector_of(b"a" * 50_000)])


def test_a_refused_picture_is_named_and_the_others_may_be_answered(client: httpx.Client) -> None:
    headers, body = binary(b"a", CORRUPT, b"b")
    refused = client.post(INFER, content=body, headers=headers)
    assert refused.status_code == 400
    assert "images[1] was refused (truncated): Its end is missing." in refused.json()["error"]
    headers, body = binary(b"a", CORRUPT, b"b", parameters={"partial": True})
    told = client.post(INFER, content=body, headers=headers)
    rows = rows_in(told)
    assert np.array_equal(rows[[0, 2]], [vector_of(b"a"), vector_of(b"b")])
    assert np.isnan(rows[1]).all()
    assert told.json()["outputs"][1] == {
        "name": "refused",
        "datatype": "BYTES",
        "shape": [3],
        "data": ["", "truncated", ""],
    }


@pytest.mark.parametrize(
    ("method", "path", "request_", "status", "told"),
    [
        ("GET", "/v2/nowhere", {}, 404, "nothing at /v2/nowhere"),
        ("GET", INFER, {}, 405, "Method Not Allowed"),
        ("DELETE", "/v2", {}, 405, "Method Not Allowed"),
        ("GET", "/v2/models/other", {}, 404, "no model 'other'"),
        ("GET", "/v2/models/a/b/c", {}, 404, "nothing at"),
        ("GET", "/v2/models/stand-in/versions/9", {}, 404, "no version 9"),
        ("GET", "/v2/models/stand-in/versions/x/ready", {}, 400, "whole numbers"),
        ("POST", "/v2/models/other/infer", {"json": texts("a")}, 404, "no model 'other'"),
        ("POST", INFER, {"content": b""}, 400, "no inputs"),
        ("POST", INFER, {"content": b"{"}, 400, "not JSON"),
        ("POST", INFER, {"json": texts("a", parameters={"priority": -1})}, 400, "priority"),
        ("POST", INFER, {"json": texts("a", parameters={"timeout": "soon"})}, 400, "timeout"),
        ("POST", INFER, {"json": texts(*"a" * 41)}, 413, "41 items; at most 40"),
        ("POST", INFER, {"content": b"x" * 1_000_001}, 413, "at most 1,000,000"),
        ("POST", INFER, {"content": b"{}", "headers": {"Content-Encoding": "br"}}, 415, "br"),
        ("POST", INFER, {"content": b"{}", "headers": {LENGTH: "3"}}, 400, LENGTH),
        (
            "POST",
            INFER,
            {"content": gzip.compress(bytes(2_000_000)), "headers": {"Content-Encoding": "gzip"}},
            413,
            "unpacked",
        ),
        ("POST", "/v2/repository/models/other/load", {}, 404, "no model 'other'"),
        (
            "POST",
            "/v2/repository/models/stand-in/load",
            {"json": {"parameters": {"file:1/model.onnx": "AA=="}}},
            400,
            "file:1/model.onnx is not taken",
        ),
        (
            "POST",
            "/v2/repository/models/stand-in/load",
            {"json": {"parameters": {"config": "{}"}}},
            400,
            "config is not taken",
        ),
        ("POST", "/v2/repository/index", {"content": b"[]"}, 400, "JSON object"),
        ("GET", "/v2/systemsharedmemory/status", {}, 404, "nothing at"),
        ("POST", "/v2/trace/setting", {}, 404, "nothing at"),
    ],
)
def test_every_error_is_one_string_in_json(
    client: httpx.Client, method: str, path: str, request_: dict[str, Any], status: int, told: str
) -> None:
    response = client.request(method, path, **request_)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"error"}
    assert told in body["error"]


def test_the_door_refuses_in_the_same_words() -> None:
    with service(grpc_port=None, api_key="secret") as running:
        client = running.client
        refused = client.post(INFER, json=texts("a"))
        assert refused.status_code == 401
        assert set(refused.json()) == {"error"}
        assert "Authorization: Bearer" in refused.json()["error"]
        authorised = {"Authorization": "Bearer secret"}
        assert client.post(INFER, json=texts("a"), headers=authorised).status_code == 200
        assert client.get("/v2/health/live").status_code == 200
        assert client.get("/v2/health/ready").status_code == 200


def test_what_was_not_foreseen_is_500_and_tells_nothing_of_itself() -> None:
    there = only_offer(StandInModel().load, name="stand-in")
    broken = threading.Event()

    def offers() -> list[Offer]:
        if broken.is_set():
            raise RuntimeError("/secret/place")
        return there

    with service(offers, grpc_port=None) as running:
        broken.set()
        with capture_logs() as lines:
            response = running.client.get("/v2/models/stats")
        assert "unexpected-error" in {line["event"] for line in lines}
        assert response.status_code == 500
        assert set(response.json()) == {"error"}
        assert "secret" not in response.text


def test_a_model_that_fails_is_500_and_not_to_be_tried_again(client: httpx.Client) -> None:
    headers, body = binary(POISON)
    failed = client.post(INFER, content=body, headers=headers)
    assert failed.status_code == 500
    assert failed.headers["x-should-retry"] == "false"
    assert "images[0] was refused (model-failed)" in failed.json()["error"]


def test_overload_is_429_with_a_time_to_come_back() -> None:
    model = StandInModel()
    with gated(model, grpc_port=None, max_waiting=2, workers=1) as running, ThreadPoolExecutor(2) as pool:
        client = running.client
        model.gate.clear()
        accepted = [pool.submit(client.post, INFER, json=texts(word)) for word in "ab"]
        running.wait_for_metric("waiting_items 2.0")
        refused = client.post(INFER, json=texts("c"))
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
        assert set(refused.json()) == {"error"}
        model.gate.set()
        assert [future.result().status_code for future in accepted] == [200, 200]


def test_a_timeout_in_microseconds_is_504_and_frees_the_engine() -> None:
    model = StandInModel()
    with gated(model, grpc_port=None, workers=1) as running, ThreadPoolExecutor(1) as pool:
        client = running.client
        model.gate.clear()
        busy = pool.submit(client.post, INFER, json=texts("busy"))
        assert model.entered.acquire(timeout=PATIENCE)
        late = client.post(INFER, json=texts("late", parameters={"timeout": 50_000}))
        assert late.status_code == 504
        assert late.headers["x-should-retry"] == "false"
        assert "not answered within" in late.json()["error"]
        model.gate.set()
        assert busy.result().status_code == 200
        assert b"late" not in model.seen


def test_a_priority_of_1_is_served_before_one_of_3() -> None:
    model = StandInModel()
    with gated(model, grpc_port=None, workers=1, max_batch=1) as running, ThreadPoolExecutor(3) as pool:
        client = running.client
        model.gate.clear()
        first = pool.submit(client.post, INFER, json=texts("first"))
        assert model.entered.acquire(timeout=PATIENCE)
        bulk = pool.submit(client.post, INFER, json=texts(*"abcd", parameters={"priority": 3}))
        running.wait_for_metric("waiting_items 5.0")
        urgent = pool.submit(client.post, INFER, json=texts("urgent", parameters={"priority": 1}))
        running.wait_for_metric("waiting_items 6.0")
        settled(running.engine)
        model.gate.set()
        assert {future.result().status_code for future in (first, bulk, urgent)} == {200}
        assert model.seen.index(b"urgent") <= 2


def test_a_client_that_goes_is_dropped_and_counted() -> None:
    model = StandInModel()
    with gated(model, grpc_port=None, workers=1) as running, ThreadPoolExecutor(1) as pool:
        client = running.client
        model.gate.clear()
        busy = pool.submit(client.post, INFER, json=texts("busy"))
        assert model.entered.acquire(timeout=PATIENCE)
        with pytest.raises(httpx.ReadTimeout):
            client.post(INFER, json=texts("gone"), timeout=0.1)
        running.wait_for_metric('requests_total{door="oip",outcome="gone"} 1.0')
        model.gate.set()
        assert busy.result().status_code == 200
        assert b"gone" not in model.seen


def test_the_loop_stays_free_while_a_large_tensor_is_read() -> None:
    with service(grpc_port=None) as running:

        async def ask() -> int:
            base = running.client.base_url
            async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=PATIENCE) as many:
                pixels = np.zeros((2, 300, 300, 3), np.uint8).tolist()
                tensor = {"name": "pixels", "datatype": "UINT8", "shape": [2, 300, 300, 3], "data": pixels}
                content = json.dumps({"inputs": [tensor]}).encode()
                large = asyncio.create_task(many.post(INFER, content=content))
                answered = 0
                while not large.done():
                    assert (await many.get("/v2/health/live")).status_code == 200
                    answered += 1
                assert (await large).status_code == 200
                return answered

        assert asyncio.run(ask()) > LEAST_MEANWHILE


def test_the_paths_are_described(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/v2", "/v2/health/ready", "/v2/models/{model}/infer", "/v2/repository/index"} <= set(paths)
