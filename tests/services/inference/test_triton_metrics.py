"""What a Triton dashboard asks Prometheus for is there, and says what happened."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from tests.services.inference.openai.one_service import data_uri, service
from tests.stand_ins import CORRUPT, POISON, StandInModel
from tests.waiting import until

#: Every name of Triton's that we have the facts for; those of GPUs we have not.
NAMES = {
    "nv_inference_request_success",
    "nv_inference_request_failure",
    "nv_inference_count",
    "nv_inference_exec_count",
    "nv_inference_pending_request_count",
    "nv_inference_request_duration_us",
    "nv_inference_queue_duration_us",
    "nv_inference_compute_input_duration_us",
    "nv_inference_compute_infer_duration_us",
    "nv_inference_compute_output_duration_us",
    "nv_cache_num_hits_per_model",
    "nv_cache_num_misses_per_model",
}


Scrape = dict[str, Metric]


@pytest.fixture(scope="module")
def scrapes() -> Iterator[tuple[Scrape, Scrape]]:
    """Metrics before and after four pictures were embedded, one of them from the cache, and two refused."""
    with service(StandInModel(), cache_bytes=10_000) as client:
        before = scraped(client)
        assert embed(client, b"one", b"two", b"three").status_code == 200
        assert embed(client, b"one").status_code == 200
        assert embed(client, CORRUPT).status_code == 400
        assert embed(client, POISON).status_code == 500
        assert client.post("/v1/embeddings", content=b"no JSON").status_code == 400
        yield before, scraped(client)


@pytest.fixture
def used(scrapes: tuple[Scrape, Scrape]) -> Scrape:
    return scrapes[1]


def embed(client: httpx.Client, *pictures: bytes) -> httpx.Response:
    body = {"input": [data_uri(picture) for picture in pictures], "modality": "image"}
    return client.post("/v1/embeddings", json=body)


def scraped(client: httpx.Client) -> Scrape:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return {family.name: family for family in text_string_to_metric_families(answer.text)}


def value(found: Scrape, name: str, **labels: str) -> float:
    (sample,) = [
        sample
        for family in found.values()
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return sample.value


def test_all_names_are_there_with_model_and_version(used: Scrape) -> None:
    assert set(used) >= NAMES
    for name in NAMES:
        for sample in used[name].samples:
            assert sample.name == name
            assert (sample.labels["model"], sample.labels["version"]) == ("stand-in", "1")


def test_counts_are_of_inputs(scrapes: tuple[Scrape, Scrape]) -> None:
    def grown(name: str) -> float:  # warming up counts as well
        before, after = (value(scrape, name) for scrape in scrapes)
        return after - before

    assert grown("nv_inference_request_success") == 4
    # After the input at fault the engine asks the model whether it still works, which may be counted by now.
    assert grown("nv_inference_count") in (3, 4)
    assert 1 <= grown("nv_inference_exec_count") <= 4
    assert grown("nv_cache_num_hits_per_model") == 1
    assert grown("nv_cache_num_misses_per_model") == 5
    assert value(scrapes[1], "nv_inference_pending_request_count") == 0


def test_failures_have_tritons_reasons(used: Scrape) -> None:
    assert value(used, "nv_inference_request_failure", reason="BACKEND") == 1
    assert value(used, "nv_inference_request_failure", reason="OTHER") == 1


def test_who_was_turned_away_went_or_came_too_late_is_counted_by_model() -> None:
    model = StandInModel()
    with service(model, max_waiting=2) as client, ThreadPoolExecutor() as pool:

        def failed(reason: str) -> float:
            return value(scraped(client), "nv_inference_request_failure", reason=reason)

        model.gate.clear()
        inside = pool.submit(embed, client, b"inside")
        until(lambda: value(scraped(client), "nv_inference_pending_request_count") == 1, "one waiting")
        assert embed(client, b"turned", b"away").status_code == 429
        assert failed("REJECTED") == 2
        model.gate.set()
        assert inside.result().status_code == 200
        model.gate.clear()
        with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as leaving:
            leaving.sendall(b"POST /embed HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\ngone")
            until(lambda: value(scraped(client), "nv_inference_pending_request_count") == 1, "one waiting")
        until(lambda: failed("CANCELED") == 1, "one gone")
        model.gate.set()
        until(lambda: value(scraped(client), "nv_inference_pending_request_count") == 0, "nobody waiting")
        model.gate.clear()
        late = client.post("/embed", content=b"late", headers={"X-Pinakes-Timeout-Ms": "500"})
        assert late.status_code == 504
        until(lambda: failed("REJECTED") == 3, "one late")
        assert value(scraped(client), "pinakes_inference_dropped_total", why="late") == 1
        model.gate.set()


def test_durations_are_microseconds() -> None:
    with service(StandInModel(seconds_per_image=0.05)) as client:
        before = scraped(client)
        assert embed(client, b"one").status_code == 200
        after = scraped(client)
    for part in ("request", "compute_infer"):
        name = f"nv_inference_{part}_duration_us"
        assert 50_000 <= value(after, name) - value(before, name) < 5_000_000
    for part in ("queue", "compute_input", "compute_output"):
        assert value(after, f"nv_inference_{part}_duration_us") > 0


def test_what_waits_is_pending() -> None:
    model = StandInModel()
    with service(model) as client, ThreadPoolExecutor() as pool:
        model.gate.clear()
        answers = [pool.submit(embed, client, b"%d" % number) for number in range(3)]
        until(lambda: value(scraped(client), "nv_inference_pending_request_count") == 3, "three waiting")
        model.gate.set()
        assert [answer.result().status_code for answer in answers] == [200, 200, 200]
        assert value(scraped(client), "nv_inference_pending_request_count") == 0


def test_refusals_are_counted_by_reason(used: Scrape) -> None:
    def refused(**labels: str) -> float:
        return value(used, "pinakes_inference_refusals_total", **labels)

    assert refused(reason="truncated", model="stand-in") == 1
    assert refused(reason="model-failed", model="stand-in") == 1
    assert refused(reason="invalid-request", model="") == 1


def test_every_stage_has_a_histogram(used: Scrape) -> None:
    seen = {
        sample.labels["stage"]
        for sample in used["pinakes_inference_stage_seconds"].samples
        if sample.name.endswith("_count") and sample.value
    }
    assert seen >= {"read", "decode", "preprocess", "queue", "infer", "postprocess", "answer", "load"}
    assert value(used, "pinakes_inference_batch_items_count", model="stand-in") >= 1
    assert value(used, "pinakes_inference_batch_cost_count", model="stand-in") >= 1
