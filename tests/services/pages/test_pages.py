"""The built pages are served under a policy that allows nothing from elsewhere."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pinakes.services.pages import routes
from pinakes.services.pages.routes import ADDRESSES, are_built, page_routes


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>the pages")
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "index-1a2b.js").write_text("run()")
    monkeypatch.setattr(routes, "BUILT", tmp_path)
    application = FastAPI()
    application.include_router(page_routes())
    return TestClient(application)


def test_every_address_of_a_page_is_the_one_document(client: TestClient) -> None:
    for address in ("/", *(f"/{name}" for name in ADDRESSES), "/duplicates/0123", "/duplicates/0123/rules"):
        answer = client.get(address)
        assert answer.text.endswith("the pages") and answer.headers["content-type"].startswith("text/html")
        assert answer.headers["cache-control"] == "no-cache"


def test_no_answer_allows_anything_from_elsewhere_or_inline(client: TestClient) -> None:
    for address in ("/", "/icon.svg", "/assets/index-1a2b.js"):
        policy = client.get(address).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'") and "unsafe" not in policy and "http" not in policy


def test_assets_are_kept_for_ever_and_have_their_type(client: TestClient) -> None:
    answer = client.get("/assets/index-1a2b.js")
    assert "immutable" in answer.headers["cache-control"] and "javascript" in answer.headers["content-type"]
    assert client.get("/icon.svg").headers["content-type"] == "image/svg+xml"


def test_nothing_else_is_there(client: TestClient) -> None:
    for address in (
        "/assets/",
        "/assets/../index.html",
        "/index.html",
        "/other",
        "/assets/%2e%2e/index.html",
    ):
        assert client.get(address).status_code == 404, address


def test_a_checkout_without_built_pages_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "BUILT", tmp_path / "absent")
    assert not are_built()
