"""The lines that people and other programs use, by curl, on a service in a process of its own."""

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.commands import Started, here, started
from tests.faiss_indexes import write
from tests.pictures import picture
from tests.waiting import until

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")

JSON = '-H "Content-Type: application/json" -d'

CREATE = f"""-X POST http://localhost:5000/create-index {JSON} '{{"user_id": 1, "folder_id": 3}}'"""

DELETE = f"""-X DELETE http://localhost:5000/delete-index {JSON} '{{"user_id": 1, "folder_id": 3}}'"""

SEARCH = (
    f"""-X POST http://localhost:5000/search {JSON} '{{"user_id": 1, "query": "sunset", """
    """"folder_ids": [3], "folder_owner_map": {"3": 1}, "top_k": 5}'"""
)

SEARCH_TWO = SEARCH.replace("[3]", "[3, 5]").replace('{"3": 1}', '{"3": 1, "5": 2}')

EMBED = (
    f"""-X POST http://localhost:5000/embed-images {JSON} '{{"user_id": 1, "folder_id": 3, "images": ["""
    """{"image_id": 10, "file_path": "images/1/3/cat.jpg"}, """
    """{"image_id": 11, "file_path": "images/1/3/sunset.jpg"}]}'"""
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which the service is started, with the pictures of two users."""
    made = tmp_path_factory.mktemp("backend")
    picture(made / "images/1/3/cat.jpg", seed=1)
    picture(made / "images/1/3/sunset.jpg", seed=2)
    return made


@contextmanager
def service(place: Path) -> Iterator[tuple[Started, str]]:
    """The service as a person starts it, and where it listens."""
    arguments = ("serve", "search", "--port", "0", "--state", place / "state")
    environment = {"PINAKES_CLIENT__MODE": "local"}
    with started(place, *arguments, environment=environment, cwd=place) as running:
        line = until(lambda: [line for line in running.stderr.splitlines() if "listening on" in line])[0]
        port = line.split()[4].rpartition(":")[2]
        until(lambda: curl("http://localhost:5000/health", port) == {"status": "healthy"})
        yield running, port


def curl(line: str, port: str) -> Any:
    """What the line of the documentation answers, at the service's own port."""
    done = subprocess.run(
        ["bash", "-c", f"curl -s --noproxy '*' --max-time 30 {line.replace('5000', port)}"],
        capture_output=True,
        check=False,
    )
    return json.loads(done.stdout) if done.stdout else None


def found(answer: dict[str, Any]) -> list[int]:
    return [hit["image_id"] for hit in answer["results"]]


def test_the_lines_of_the_contract_work_as_written_and_outlive_a_kill(
    place: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    with service(place) as (running, port):
        assert curl(CREATE, port) == {"user_id": 1, "folder_id": 3, "created": True}
        assert found(curl(SEARCH, port)) == []
        assert curl(EMBED, port)["embedded"] == [10, 11]
        assert found(curl(SEARCH, port)) == [11]
        busy = here(capfdbinary, *import_of(place))
        assert (busy.status, "in use by process" in busy.stderr) == (1, True)
        running.signal(signal.SIGKILL)
        running.wait()
    with service(place) as (running, port):
        answer = curl(SEARCH_TWO, port)
        assert (found(answer), answer["missing_folders"]) == ([11], [5])
        assert curl(EMBED, port)["cached"] == 2
        assert curl(DELETE, port) == {"user_id": 1, "folder_id": 3, "deleted": True}
        assert curl(DELETE.replace("DELETE", "POST"), port)["deleted"] is False
        assert curl(SEARCH, port)["missing_folders"] == [3]
        running.signal(signal.SIGTERM)
        assert running.wait() == 0
    assert "Traceback" not in running.stderr


def import_of(place: Path) -> tuple[str | Path, ...]:
    pytest.importorskip("faiss", reason="the extra faiss is not installed")
    write(place / "theirs/1/3.faiss", [1, 2, 3], np.eye(3, 409, dtype=np.float32))
    return ("vectors", "import-faiss", place / "theirs", "--state", place / "state")


def test_beyond_loopback_it_wants_a_key(place: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    ended = here(
        capfdbinary, "serve", "search", "--host", "0.0.0.0", "--port", "0", "--state", place / "none"
    )
    assert ended.status == 1
    assert "PINAKES_SEARCH__API_KEY" in ended.stderr
    assert not (place / "none").exists()


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"API_KEY": "secret"}, "PINAKES_SEARCH__IMAGE_ROOT to the directory of the pictures"),
        ({"API_KEY": "secret", "IMAGE_ROOT": "/no/such/directory"}, "/no/such/directory is no directory"),
    ],
)
def test_the_image_root_is_a_directory_and_never_a_guess_for_others(
    place: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    words: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"PINAKES_SEARCH__{name}", value)
    ended = here(
        capfdbinary, "serve", "search", "--host", "0.0.0.0", "--port", "0", "--state", place / "none"
    )
    assert ended.status == 1
    assert words in ended.stderr
