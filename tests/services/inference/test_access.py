"""What each scope of a key allows, over HTTP."""

from collections.abc import Iterator

import httpx
import pytest
from tests.services.inference.several_models import offer_of
from tests.stand_ins import StandInModel, served

from pinakes.core.settings import InferenceSettings, KeyScope, Settings
from pinakes.core.types import Task
from pinakes.services.http.keys import make_key
from pinakes.services.inference.access import allowed_scopes
from pinakes.services.inference.main import build_application

KEYS: dict[str, str] = {}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    made = {scope: make_key(scope, [scope]) for scope in ("infer", "models", "metrics")}  # type: ignore[list-item]
    made["eager"] = make_key("eager", ["infer"], requests_per_second=0.1)
    KEYS.update({name: key for name, (key, _) in made.items()})
    settings = InferenceSettings(
        api_key="all",
        keys=tuple(entry for _, entry in made.values()),  # type: ignore[arg-type]
    )
    offers = [offer_of(StandInModel(), Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING)]
    with served(build_application(Settings(inference=settings), lambda: offers)) as opened:
        while opened.get("/readyz").status_code != 200:
            pass
        KEYS["all"] = "all"
        yield opened


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("POST", "/embed", {"infer"}),
        ("POST", "/caption", {"infer"}),
        ("POST", "/labels", {"infer"}),
        ("GET", "/metrics", {"metrics"}),
        ("GET", "/models", {"infer", "models"}),
        ("GET", "/models/stand-in", {"infer", "models"}),
        ("POST", "/models/stand-in/load", {"models"}),
        ("POST", "/models/nobody/unload", {"models"}),
        ("POST", "/v2/repository/models/stand-in/load", {"models"}),
        ("POST", "/v2/repository/index", {"infer", "models"}),
        ("GET", "/v2/models/stand-in", {"infer"}),
        ("GET", "/v1/models", {"infer", "models"}),
        ("POST", "/v1/embeddings", {"infer"}),
        ("GET", "/", {"infer", "models", "metrics"}),
        ("GET", "/openapi.json", {"infer", "models", "metrics"}),
        ("GET", "/nothing", {"infer"}),
    ],
)
def test_each_path_wants_its_scope(
    client: httpx.Client, method: str, path: str, scopes: set[KeyScope]
) -> None:
    found = {
        name: client.request(method, path, headers={"Authorization": f"Bearer {KEYS[name]}"}).status_code
        for name in ("infer", "models", "metrics", "all")
    }
    assert {name for name, status in found.items() if status != 403} == {*scopes, "all"}
    assert 401 not in found.values()
    assert client.request(method, path).status_code == 401


@pytest.mark.parametrize("path", ["/health", "/livez", "/readyz", "/v2/health/live", "/v2/health/ready"])
def test_probes_need_no_key(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 200


def test_a_key_used_too_often_is_429_with_the_time_to_wait(client: httpx.Client) -> None:
    headers = {"Authorization": f"Bearer {KEYS['eager']}"}
    assert client.post("/embed", content=b"a", headers=headers).status_code == 200
    refused = client.post("/embed", content=b"a", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "overloaded")
    assert 0 < int(refused.headers["retry-after"]) <= 10


@pytest.mark.parametrize(
    "path",
    ["/models/a@b/load", "/models/a%2Fb/load", "/models/a/b/unload", "/v2/repository/models/a/load"],
)
def test_no_spelling_of_a_path_that_manages_escapes(path: str) -> None:
    assert allowed_scopes("POST", path) == {"models"}
