import os
import re
from pathlib import Path

import httpx
from pydantic import SecretStr
from tests.services.library.conftest import Place, settings_of
from tests.stand_ins import served

from pinakes.services.opened import open_library
from pinakes.services.whole import build_application


def test_the_page_stands_by_itself(ready: Place) -> None:
    response = ready.client.get("/")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "<script" not in response.text
    links = re.findall(r"(?:src|href)=[\"']?(.)", response.text)
    assert set(links) == {"/"}
    assert "//" not in response.text
    assert "succeeded, 5 of 5 files" in response.text
    assert "duplicate groups in the last search<td>1" in response.text


def test_every_link_of_the_page_answers(ready: Place) -> None:
    for path in re.findall(r'href="([^"]+)"', ready.client.get("/").text):
        assert ready.client.get(path).status_code == 200


def test_names_cannot_add_to_the_page(tmp_path: Path) -> None:
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/<script>\xff")
    Path(folder).mkdir()
    with served(build_application(open_library(settings_of(tmp_path), [folder]))) as client:
        text = client.get("/").text
    assert "&lt;script&gt;\\xff" in text or "&lt;script&gt;\\udcff" in text
    assert "<script>" not in text


def test_the_api_describes_itself(ready: Place) -> None:
    described = ready.client.get("/openapi.json").json()
    paths = set(described["paths"])
    assert {"/api/v1/scans", "/api/v1/reviews/{name}/groups", "/api/v1/resolutions", "/api/v1/undo"} <= paths
    assert {"/api/v1/journal", "/api/v1/contents/{sha256}/thumbnail", "/health"} <= paths
    problem = described["paths"]["/api/v1/scans"]["post"]["responses"]["4XX"]["content"]
    assert "application/problem+json" in problem
    assert 'pinakes_jobs_total{kind="scan",state="succeeded"} 1.0' in ready.client.get("/metrics").text


def test_health_is_head_and_get_and_open(tmp_path: Path) -> None:
    library = open_library(settings_of(tmp_path, api_key=SecretStr("k3y")), ())
    with served(build_application(library)) as client:
        assert client.get("/health").json() == {"status": "healthy"}
        assert client.head("/health").status_code == 200
        for path in ("/", "/api/v1/assets", "/metrics"):
            assert client.get(path).status_code == 401
            assert client.get(path, headers={"Authorization": "Bearer k3y"}).status_code == 200


def test_a_service_that_drains_says_so(tmp_path: Path) -> None:
    application = build_application(open_library(settings_of(tmp_path), ()))
    with served(application) as client:
        application.state.jobs.close(1)
        response: httpx.Response = client.get("/health")
    assert (response.status_code, response.json()) == (503, {"status": "draining"})
