from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI, Request
from prometheus_client import CollectorRegistry, Counter
from pydantic import SecretStr
from tests.stand_ins import served

from pinakes.core.errors import StateBusy
from pinakes.services.http.app import create_application
from pinakes.services.http.keys import one_key


def application(*, api_key: str | None = None) -> FastAPI:
    registry = CollectorRegistry()
    Counter("things", "Things.", registry=registry)
    made = create_application(
        title="A service",
        description="For a test.",
        keys=one_key(None if api_key is None else SecretStr(api_key)),
        max_body_bytes=100,
        registry=registry,
    )

    @made.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "healthy"}

    @made.get("/number/{number}")
    async def number(number: int) -> int:
        return number

    @made.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    @made.get("/busy")
    async def busy() -> None:
        raise StateBusy("Another process resolves.", remedy="Wait for it.")

    @made.get("/broken")
    async def broken() -> None:
        raise RuntimeError("secret detail")

    return made


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with served(application()) as opened:
        yield opened


def test_a_good_request_passes_and_has_an_id(client: httpx.Client) -> None:
    response = client.get("/health")
    assert response.json() == {"status": "healthy"}
    assert len(response.headers["x-request-id"]) == 32


@pytest.mark.parametrize(("given", "kept"), [("abc-1.2", True), ("x" * 65, False), ("a tab\tinside", False)])
def test_a_proper_request_id_is_taken_over(client: httpx.Client, given: str, kept: bool) -> None:
    response = client.get("/busy", headers={"X-Request-Id": given})
    assert (response.headers["x-request-id"] == given) is kept
    assert response.json()["request_id"] == response.headers["x-request-id"]


def test_errors_become_problems(client: httpx.Client) -> None:
    response = client.get("/busy")
    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "state-busy"
    assert response.json()["remedy"] == "Wait for it."


def test_an_unexpected_error_shows_nothing_of_itself(client: httpx.Client) -> None:
    response = client.get("/broken")
    assert response.status_code == 500
    assert response.json()["code"] == "error"
    assert "secret" not in response.text


def test_unknown_paths_methods_and_parameters_are_problems(client: httpx.Client) -> None:
    found = [client.get("/nothing"), client.post("/health"), client.get("/number/x")]
    assert [response.status_code for response in found] == [404, 405, 422]
    assert {response.headers["content-type"] for response in found} == {"application/problem+json"}
    assert found[1].headers["allow"] == "GET, HEAD"
    assert "path.number" in found[2].json()["detail"]


def test_a_declared_body_over_the_limit_is_refused_unread(client: httpx.Client) -> None:
    assert client.post("/echo", content=b"x" * 100).json() == 100
    response = client.post("/echo", content=b"x" * 101)
    assert response.status_code == 413
    assert response.json()["code"] == "too-large"


def test_metrics_and_description(client: httpx.Client) -> None:
    assert "things_total 0.0" in client.get("/metrics").text
    assert client.get("/openapi.json").json()["info"]["title"] == "A service"
    assert client.get("/docs").status_code == 404


def test_with_a_key_only_health_is_open() -> None:
    with served(application(api_key="k3y")) as client:
        client.headers["Host"] = "photos.example"
        assert client.get("/health").status_code == 200
        refused = client.get("/metrics")
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        for wrong in ("Bearer wrong", "Bearer", "Basic k3y", "Bearer k3y2", "k3y"):
            assert client.get("/metrics", headers={"Authorization": wrong}).status_code == 401
        assert client.get("/metrics", headers={"Authorization": "Bearer k3y"}).status_code == 200
        assert client.get("/metrics", headers={"Authorization": "bearer  k3y"}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:8001"}, 200),
        ({"Host": "[::1]:8001"}, 200),
        ({"Host": "photos.example"}, 403),
        ({"Host": "localhost.evil.example"}, 403),
        ({"Origin": "http://localhost:3000"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_without_a_key_no_foreign_page_gets_in(
    client: httpx.Client, headers: dict[str, str], status: int
) -> None:
    assert client.get("/health", headers=headers).status_code == status


def test_an_empty_key_is_none() -> None:
    with served(application(api_key="")) as client:
        client.headers["Host"] = "photos.example"
        assert client.get("/metrics", headers={"Authorization": "Bearer"}).status_code == 403
