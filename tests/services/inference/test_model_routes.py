from collections.abc import Iterator

import httpx
import pytest
from tests.services.inference.several_models import await_state, offer_of, serving
from tests.stand_ins import StandInModel

from pinakes.core.types import Task


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    tasks = (Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING)
    old, new = (StandInModel(name="growing", revision=revision) for revision in ("old", "new"))
    offers = [
        offer_of(StandInModel(), *tasks),
        offer_of(old, *tasks, revision="old", version=1, current=False),
        offer_of(new, *tasks, revision="new", version=2),
    ]
    with serving(offers) as opened:
        yield opened


def test_models_are_listed_by_name_and_version(client: httpx.Client) -> None:
    found = client.get("/models").json()
    assert found["default"] == "stand-in"
    assert [
        (entry["name"], entry["version"], entry["state"], entry["current"]) for entry in found["models"]
    ] == [
        ("growing", 1, "absent", False),
        ("growing", 2, "ready", True),
        ("stand-in", 1, "ready", True),
    ]


def test_one_model_tells_its_versions_memory_and_statistics(client: httpx.Client) -> None:
    assert client.post("/embed", json={"texts": ["a", "b"], "model": "growing"}).status_code == 200
    found = client.get("/models/growing").json()
    assert (found["revision"], found["bytes"], found["load_seconds"] > 0) == ("new", 1000, True)
    assert [(entry["version"], entry["revision"], entry["state"]) for entry in found["versions"]] == [
        (1, "old", "absent"),
        (2, "new", "ready"),
    ]
    assert found["statistics"]["success"]["count"] == 2
    assert found["statistics"]["infer"]["seconds"] > 0


def test_a_version_is_loaded_and_unloaded_while_the_other_serves(client: httpx.Client) -> None:
    begun = client.post("/models/growing@old/load")
    assert (begun.status_code, begun.json()["state"] in ("loading", "ready")) == (202, True)
    await_state(client, "growing@old", "ready")
    both = {
        revision: client.post("/embed", json={"text": "a", "model": f"growing@{revision}"}).json()["revision"]
        for revision in ("old", "new")
    }
    assert both == {"old": "old", "new": "new"}
    assert client.post("/models/growing@old/unload").status_code == 202
    await_state(client, "growing@old", "absent")
    assert client.get("/models/growing").json()["state"] == "ready"


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", "/load"), ("POST", "/unload")])
def test_a_model_that_there_is_not_is_404_and_says_which_there_are(
    client: httpx.Client, method: str, path: str
) -> None:
    response = client.request(method, f"/models/nobody{path}")
    assert (response.status_code, response.json()["code"]) == (404, "not-found")
    assert "stand-in" in response.json()["remedy"]
