"""What the door notes of each request, and whose it says it is."""

from collections.abc import Iterator, MutableMapping
from typing import Any

import httpx
import pytest
import structlog
from structlog.testing import capture_logs
from tests.services.inference.several_models import offer_of
from tests.stand_ins import CORRUPT, StandInModel, served
from tests.waiting import until

from pinakes.core.settings import InferenceSettings, Settings
from pinakes.core.types import Task
from pinakes.services.http.keys import make_key
from pinakes.services.inference.main import build_application

KEY, ENTRY = make_key("camera", ["infer"])

Lines = list[MutableMapping[str, Any]]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    settings = Settings(inference=InferenceSettings(keys=(ENTRY,)))
    offers = [offer_of(StandInModel(), Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING)]
    with served(build_application(settings, lambda: offers)) as opened:
        while opened.get("/readyz").status_code != 200:
            pass
        opened.headers["Authorization"] = f"Bearer {KEY}"
        yield opened


@pytest.fixture
def lines() -> Iterator[Lines]:
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as captured:
        yield captured


def requests_in(lines: Lines, level: str = "info") -> Lines:
    """The line of the request that was just answered: it is written once the answer has been sent.

    That of the last look at its health may come as late, at another level.
    """
    found: Lines = until(
        lambda: [line for line in lines if line["event"] == "request" and line["log_level"] == level],
        f"a line of level {level}",
    )
    return found


def test_each_request_is_one_line_without_its_contents(client: httpx.Client, lines: Lines) -> None:
    body = {"texts": ["a secret", "another secret"], "model": "stand-in"}
    response = client.post("/embed?model=stand-in&top_k=secret", json=body, headers={"X-Request-Id": "r-1"})
    assert response.status_code == 200
    (line,) = requests_in(lines)
    assert line.pop("ms") >= 0
    assert line == {
        "component": "services",
        "event": "request",
        "log_level": "info",
        "method": "POST",
        "path": "/embed",
        "status": 200,
        "key": "camera",
        "door": "native",
        "model": "stand-in",
        "task": Task.TEXT_EMBEDDING,
        "items": 2,
        "request_id": "r-1",
    }
    assert "secret" not in repr(lines)


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [
        ("/embed", CORRUPT, 400),
        ("/embed?model=nobody", b"a", 404),
        ("/nothing", b"a", 404),
        ("/v1/models", b"", 405),
    ],
)
def test_what_is_refused_is_logged_too(
    client: httpx.Client, lines: Lines, path: str, content: bytes, status: int
) -> None:
    assert client.post(path, content=content).status_code == status
    assert [line["status"] for line in requests_in(lines)] == [status]


def test_a_wrong_key_is_logged_without_it(client: httpx.Client, lines: Lines) -> None:
    assert client.get("/models", headers={"Authorization": "Bearer wr0ng"}).status_code == 401
    assert [line["status"] for line in requests_in(lines)] == [401]
    assert "wr0ng" not in repr(lines)


def test_probes_are_logged_at_debug(client: httpx.Client, lines: Lines) -> None:
    client.get("/health")
    assert [line["log_level"] for line in requests_in(lines, "debug")] == ["debug"]
