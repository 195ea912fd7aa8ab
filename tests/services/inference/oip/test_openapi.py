"""The description of the protocol's paths is held against what they refuse."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.services.inference.oip.serving import Service, service
from tests.stand_ins import CORRUPT, POISON, only_offer

from pinakes.models.base import LoadedModel
from pinakes.services.http.keys import make_key

#: A key that may read metrics only, and one that may be used once in a long while.
KEYS = {
    "reads": make_key("reads", ["metrics"]),
    "rarely": make_key("rarely", ["infer"], requests_per_second=1e-6),
}

#: Every path that wants a key, with a request to it.
PATHS = {
    "/v2": ("GET", "/v2"),
    "/v2/models/stats": ("GET", "/v2/models/stats"),
    **{
        f"/v2/models/{{model}}{end}": ("GET", f"/v2/models/stand-in{end}")
        for end in ("", "/ready", "/config", "/stats")
    },
    "/v2/models/{model}/infer": ("POST", "/v2/models/stand-in/infer"),
    "/v2/repository/index": ("POST", "/v2/repository/index"),
    "/v2/repository/models/{model}/load": ("POST", "/v2/repository/models/stand-in/load"),
    "/v2/repository/models/{model}/unload": ("POST", "/v2/repository/models/stand-in/unload"),
}


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    entries = tuple(entry for _, entry in KEYS.values())
    with service(grpc_port=None, keys=entries, api_key="all", max_items=2, max_request_bytes=2000) as running:
        running.client.headers["Authorization"] = "Bearer all"
        yield running


@pytest.fixture(scope="module")
def described(running: Service) -> Any:
    return running.client.get("/openapi.json").json()["paths"]


def is_as_described(described: Any, path: str, response: httpx.Response, status: int) -> None:
    assert response.status_code == status, response.text
    operation = described[path][response.request.method.lower()]
    schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    assert set(schema["required"]) <= set(response.json()) <= set(schema["properties"])


@pytest.mark.parametrize("path", PATHS)
def test_keys_are_refused_as_described(running: Service, described: Any, path: str) -> None:
    method, url = PATHS[path]
    refused = {"wrong": 401, KEYS["reads"][0]: 403}
    for key, status in refused.items():
        response = running.client.request(method, url, headers={"Authorization": f"Bearer {key}"})
        is_as_described(described, path, response, status)
    assert "429" in described[path][method.lower()]["responses"]


def test_a_key_used_too_often_is_refused_as_described(running: Service, described: Any) -> None:
    headers = {"Authorization": f"Bearer {KEYS['rarely'][0]}"}
    running.client.get("/v2", headers=headers)
    is_as_described(described, "/v2", running.client.get("/v2", headers=headers), 429)


@pytest.mark.parametrize("path", [path for path in PATHS if "{model}" in path])
def test_a_model_that_is_not_there_is_refused_as_described(
    running: Service, described: Any, path: str
) -> None:
    method, url = PATHS[path]
    body = {"json": texts("a")} if path.endswith("infer") else {}
    response = running.client.request(method, url.replace("stand-in", "other"), **body)  # type: ignore[arg-type]
    is_as_described(described, path, response, 404)


def texts(*told: str) -> dict[str, Any]:
    entry = {"name": "texts", "datatype": "BYTES", "shape": [len(told)], "data": list(told)}
    return {"inputs": [entry]}


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"content": b"{"}, 400),
        ({"json": texts("a", "b", "c")}, 413),
        ({"content": b"x" * 3000}, 413),
        ({"content": b"x", "headers": {"Content-Encoding": "br"}}, 415),
        ({"json": texts(POISON.decode())}, 500),
        ({"content": CORRUPT, "headers": {"Inference-Header-Content-Length": "0"}}, 400),
    ],
)
def test_what_cannot_be_inferred_is_refused_as_described(
    running: Service, described: Any, request_: dict[str, Any], status: int
) -> None:
    response = running.client.post("/v2/models/stand-in/infer", **request_)
    is_as_described(described, "/v2/models/{model}/infer", response, status)


def test_what_cannot_serve_yet_says_so_as_described() -> None:
    with service(lambda: only_offer(_broken, name="stand-in"), wait=False, grpc_port=None) as running:
        paths = running.client.get("/openapi.json").json()["paths"]
        for path in ("/v2/health/ready", "/v2/models/{model}/ready"):
            response = running.client.get(path.replace("{model}", "stand-in"))
            is_as_described(paths, path, response, 503)
        response = running.client.post("/v2/models/stand-in/infer", json=texts("a"))
        is_as_described(paths, "/v2/models/{model}/infer", response, 503)


def _broken() -> LoadedModel:
    raise OSError("no weights")
