"""A browser gives the key once; the session it gets is bound to that key, ends, and serves no other site."""

import time

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from pinakes.services.http import sessions
from pinakes.services.http.app import create_application
from pinakes.services.http.keys import one_key
from pinakes.services.pages.session_routes import PATH, TRIALS, session_routes


def service(key: str | None = "open sesame") -> FastAPI:
    keys = one_key(None if key is None else SecretStr(key))
    application = create_application(
        title="T", description="", keys=keys, max_body_bytes=1000, open_paths=(PATH, "/", "/assets/")
    )
    application.include_router(session_routes(keys))

    @application.api_route("/api/v1/thing", methods=["GET", "POST"])
    def thing() -> dict[str, bool]:
        return {"seen": True}

    @application.get("/assets/{name}")
    def asset(name: str) -> str:
        return name

    return application


@pytest.fixture
def client() -> TestClient:
    return TestClient(service(), base_url="http://localhost:8000")


def sign_in(client: TestClient, key: str = "open sesame") -> httpx.Response:
    return client.post(PATH, json={"key": key})


def test_a_key_given_once_opens_everything_until_it_is_forgotten(client: TestClient) -> None:
    assert client.get(PATH).json() == {"needs_key": True, "signed_in": False}
    assert client.get("/api/v1/thing").status_code == 401
    answer = sign_in(client)
    assert answer.json() == {"needs_key": True, "signed_in": True}
    assert all(word in answer.headers["set-cookie"] for word in ("HttpOnly", "SameSite=strict", "Path=/"))
    assert "sesame" not in answer.headers["set-cookie"]
    assert client.get("/api/v1/thing").json() == {"seen": True}
    assert client.get(PATH).json() == {"needs_key": True, "signed_in": True}
    assert client.delete(PATH).json() == {"needs_key": True, "signed_in": False}
    assert client.get("/api/v1/thing").status_code == 401


def test_a_wrong_key_opens_nothing_and_few_can_be_tried(client: TestClient) -> None:
    assert sign_in(client, "guess").status_code == 401
    assert client.get("/api/v1/thing").status_code == 401
    answers = [sign_in(client, f"guess {number}") for number in range(2 * int(TRIALS))]
    assert {answer.status_code for answer in answers} == {401, 429}
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_a_session_survives_a_restart_but_not_another_key(client: TestClient) -> None:
    sign_in(client)
    cookie = {"Cookie": f"{sessions.COOKIE}={client.cookies[sessions.COOKIE]}"}
    assert TestClient(service()).get("/api/v1/thing", headers=cookie).status_code == 200
    assert TestClient(service("another")).get("/api/v1/thing", headers=cookie).status_code == 401


def test_a_session_ends_and_its_end_cannot_be_moved() -> None:
    digest = b"d" * 32
    ended = sessions.opened(digest, lasting=-1)
    assert not sessions.is_open(ended, digest)
    later = f"{int(time.time()) + 1000}.{ended.partition('.')[2]}"
    assert not sessions.is_open(later, digest)
    assert sessions.is_open(sessions.opened(digest), digest)
    for broken in ("", ".", "1", "x.y", f"{10**30}.ff", "²."):
        assert not sessions.is_open(broken, digest)


def test_pages_of_other_origins_change_nothing_with_it(client: TestClient) -> None:
    sign_in(client)
    foreign = {"Origin": "http://localhost:3000"}
    assert client.post("/api/v1/thing", headers=foreign).status_code == 403
    assert client.post("/api/v1/thing", headers={"Origin": "http://localhost:8000"}).status_code == 200


def test_what_is_below_an_open_path_needs_no_key_and_nothing_else_does(client: TestClient) -> None:
    assert client.get("/assets/index.js").status_code == 200
    assert client.get("/assets").status_code == 401
    assert client.get("/anything").status_code == 401


def test_without_keys_everybody_on_this_machine_is_signed_in() -> None:
    client = TestClient(service(None), base_url="http://localhost")
    assert client.get(PATH).json() == {"needs_key": False, "signed_in": True}
    assert sign_in(client, "whatever").json() == {"needs_key": False, "signed_in": True}
