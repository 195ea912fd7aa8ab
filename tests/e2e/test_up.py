"""The whole of `pinakes up`, in real processes on free ports: started, killed, brought back, stopped."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.commands import Started, alive, command_of, descendants, started
from tests.pictures import picture
from tests.waiting import PATIENCE, until


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Started]:
    """Both services, over a folder of three pictures, ready."""
    for number in range(3):
        picture(tmp_path / "photos" / f"{number}.jpg", seed=number)
    arguments = ("up", tmp_path / "photos", "--port", "0", "--inference-port", "0", "--no-browser")
    with started(tmp_path, *arguments, "--state", tmp_path / "state") as up:
        for name in ("application", "inference"):
            up.says(rf"^{name} +http://\S+$")
        yield up


def urls(up: Started) -> dict[str, str]:
    return dict(re.findall(r"^(\w+) +(http://\S+)$", up.stdout, re.MULTILINE))


def service(up: Started, name: str) -> int:
    return next(pid for pid in descendants(up.pid) if f"serve {name}" in command_of(pid))


def gone(pids: list[int]) -> bool:
    return not any(alive(pid) for pid in pids)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", trust_env=False, timeout=PATIENCE).status_code == 200
    except httpx.HTTPError:
        return False


def ingested(url: str) -> bool:
    """Whether the folder was scanned, and embedded by the inference service."""
    (job,) = httpx.get(f"{url}/api/v1/jobs", trust_env=False, timeout=PATIENCE).json()["jobs"]
    assert job["state"] in ("queued", "running", "succeeded"), job
    return bool(job["state"] == "succeeded" and job["index"]["counts"]["embedded"] == 3)


def test_both_serve_survive_and_stop(running: Started) -> None:
    application, inference = urls(running)["application"], urls(running)["inference"]
    assert answers(inference)
    until(lambda: ingested(application), "the ingestion of the folder")

    os.kill(service(running, "application"), signal.SIGKILL)
    running.says("The application service is back.")
    assert "The application service was ended by SIGKILL; starting it again in 0.5 s." in running.stderr
    assert answers(application)
    assert answers(inference)

    processes = descendants(running.pid)
    running.signal(signal.SIGINT)
    assert running.wait() == 0
    assert gone(processes)
    assert "Traceback" not in running.stderr


def test_nothing_outlives_a_killed_supervisor(running: Started) -> None:
    processes = descendants(running.pid)
    running.signal(signal.SIGKILL)
    running.wait()
    until(lambda: gone(processes), "the end of the services")


def test_a_service_that_cannot_start_ends_it_all_with_its_own_sentence(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.write_text("not a directory")
    arguments = ("up", "--port", "0", "--inference-port", "0", "--no-browser", "--state", state)
    with started(tmp_path, *arguments) as up:
        assert up.wait() == 1
    assert "application: pinakes: The state directory" in up.stderr
    last = up.stderr.splitlines()[-1]
    assert last == "pinakes: The application service could not start; what it said is above."
