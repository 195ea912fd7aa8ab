import io
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.commands import here, started
from tests.services.ingest.conftest import Place, inference_of, ingestion_of, photos_of, settings_of
from tests.stand_ins import StandInModel, served
from tests.waiting import PATIENCE

from pinakes.cli import ingest, job_display
from pinakes.cli.job_display import told_of
from pinakes.clients.jobs import JobsClient
from pinakes.jobs.runner import Jobs
from pinakes.services.ingest.main import build_application
from pinakes.services.opened import open_library
from pinakes.services.owner import owning

Capture = pytest.CaptureFixture[bytes]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands embed in small units and do nothing that takes long."""
    for name in ("CAPTION", "READ_TEXT"):
        monkeypatch.setenv(f"PINAKES_INGEST__{name}", "false")
    monkeypatch.setenv("PINAKES_INGEST__UNIT", "2")
    monkeypatch.setenv("PINAKES_SCAN__WORKERS", "1")
    monkeypatch.setenv("PINAKES_CLIENT__MODE", "local")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A running service that owns the state."""
    with (
        ingestion_of(tmp_path, StandInModel()) as made,
        owning(tmp_path / "state", str(made.client.base_url)),
    ):
        yield made


def test_a_folder_is_ingested_here_and_again_for_nothing(tmp_path: Path, capfdbinary: Capture) -> None:
    photos = photos_of(tmp_path / "photos")
    state = ("--state", tmp_path / "state")
    ended = here(capfdbinary, "ingest", photos, *state)
    assert ended.status == 0
    lines = ended.stdout.decode().splitlines()
    assert lines[0] == "6 pictures stored, 2 files skipped, 1 refused."
    assert lines[1].startswith("6 embedded, 6 indexed, in ")
    assert f"  refused  {photos}/cut.jpg  (truncated)" in lines[-1]
    (job,) = here(capfdbinary, "ingest", photos, *state, "--format", "json").json["jobs"]
    assert job["scan"]["changes"]["unchanged"] == 9
    assert set(job["index"]["counts"].values()) == {0}
    listed = here(capfdbinary, "jobs", "list", *state).stdout.decode().splitlines()
    assert listed[0].split()[:3] == [job["id"], "ingest", "succeeded"]
    shown = here(capfdbinary, "jobs", "show", job["id"], *state).stdout.decode().splitlines()
    assert shown[1] == "6 pictures stored, 2 files skipped, 1 refused."
    assert here(capfdbinary, "jobs", "show", job["id"], *state, "--format", "json").json == job


def test_the_service_that_owns_the_library_does_it(
    place: Place, tmp_path: Path, capfdbinary: Capture
) -> None:
    state = ("--state", tmp_path / "state")
    ended = here(capfdbinary, "ingest", place.photos, *state)
    assert ended.status == 0
    assert b"6 pictures stored" in ended.stdout
    (job,) = place.client.get("/jobs").json()["jobs"]
    shown = here(capfdbinary, "jobs", "show", job["id"], *state, "--format", "json").stdout
    assert json.loads(shown[shown.index(b"{") :]) == job  # the service here logs to the same output
    for verb, status in (("pause", 1), ("resume", 1), ("cancel", 0), ("retry", 0)):
        assert here(capfdbinary, "jobs", verb, job["id"], *state).status == status


def test_a_folder_whose_name_is_no_text_is_ingested_by_the_service(
    place: Place, tmp_path: Path, capfdbinary: Capture
) -> None:
    folder = os.fsdecode(os.fsencode(place.photos) + b"/caf\xe9")
    Path(folder).mkdir()
    ended = here(capfdbinary, "ingest", folder, "--state", tmp_path / "state")
    assert ended.status == 0, ended.stderr
    (job,) = place.client.get("/jobs").json()["jobs"]
    assert job["folders"] == [folder]


def test_what_the_service_refuses_is_one_sentence(place: Place, tmp_path: Path, capfdbinary: Capture) -> None:
    ended = here(capfdbinary, "ingest", "/etc", "--service-url", str(place.client.base_url))
    assert ended.status == 1
    (line,) = ended.stderr.splitlines()
    assert "/etc" in line
    assert "PINAKES_" in line


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("ingest", "/no/such/folder"), 1, "/no/such/folder"),
        (("ingest", "/tmp", "--service-url", "http://127.0.0.1:9"), 1, "http://127.0.0.1:9"),
        (("jobs", "show", "none"), 1, "'none'"),
        (("jobs", "pause", "none"), 1, "'none'"),
        (("ingest",), 2, "FOLDER"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    tmp_path: Path, capfdbinary: Capture, arguments: tuple[str, ...], status: int, words: str
) -> None:
    ended = here(capfdbinary, *arguments, "--state", tmp_path / "state")
    assert ended.status == status
    assert words in ended.stderr


def test_stopped_here_the_same_command_goes_on(tmp_path: Path, capfdbinary: Capture) -> None:
    photos_of(tmp_path / "photos")
    model = StandInModel()
    with inference_of(model, tmp_path) as url:
        model.gate.clear()
        environment = {"PINAKES_CLIENT__MODE": "remote", "PINAKES_CLIENT__SERVICE_URL": url}
        arguments = ("ingest", "photos", "--state", tmp_path / "state")
        with started(tmp_path, *arguments, cwd=tmp_path, environment=environment) as process:
            assert model.entered.acquire(timeout=PATIENCE)
            process.signal(signal.SIGINT)
            model.gate.set()
            assert process.wait() == 130
        assert "the same command goes on from there" in process.stderr
        state = ("--state", tmp_path / "state")
        (line,) = here(capfdbinary, "jobs", "list", *state).stdout.decode().splitlines()
        assert line.split()[2] == "cancelled"
        made = len(model.seen)
        with started(tmp_path, *arguments, cwd=tmp_path, environment=environment) as process:
            assert process.wait() == 0
        lines = here(capfdbinary, "jobs", "list", *state).stdout.decode().splitlines()
        assert [line.split()[2] for line in lines] == ["succeeded", "cancelled"]
        assert 0 < made <= len(model.seen) == 6  # nothing twice


def test_left_alone_the_service_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, followed = StandInModel(), threading.Event()
    with (
        ingestion_of(tmp_path, model) as place,
        owning(tmp_path / "state", str(place.client.base_url)),
    ):
        model.gate.clear()
        with started(tmp_path, "ingest", place.photos, "--state", tmp_path / "state") as process:
            assert model.entered.acquire(timeout=PATIENCE)
            one = place.jobs.get
            monkeypatch.setattr(place.jobs, "get", lambda name: (followed.set(), one(name))[1])
            assert followed.wait(PATIENCE), "nobody asked about the job"
            process.signal(signal.SIGINT)
            assert process.wait() == 130
        (job,) = place.client.get("/jobs").json()["jobs"]
        assert job["state"] == "running"
        assert f"`pinakes jobs cancel {job['id']}` ends it" in process.stderr
        model.gate.set()
        place.until(job["id"], "succeeded")


def test_a_service_that_is_started_again_is_followed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "LOOK_AGAIN_SECONDS", 0.05)
    library = open_library(settings_of(tmp_path), [str(tmp_path)])
    job = Jobs(library.engine, {}).submit("strange", {})
    with served(build_application(library)) as first:
        url = first.base_url
    later = open_library(settings_of(tmp_path), [str(tmp_path)])
    looked: list[str] = []
    with JobsClient(str(url)) as client, ThreadPoolExecutor(1) as pool:
        looking = pool.submit(lambda: looked.append(ingest._looked(client, job.id)["id"]))
        time.sleep(0.2)
        assert not looking.done()
        with served(build_application(later), port=url.port or 0):
            looking.result(PATIENCE)
    assert looked == [job.id]


def test_a_terminal_sees_phases(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(job_display, "LOOK_SECONDS", 0.3)
    looks = [
        job_in("queued", "", 0, None),
        job_in("running", "scanning", 3, 9),
        job_in("running", "embedding", 4, 9, waiting_for="Nobody answers."),
        job_in("running", "embedding", 5, 9),
        job_in("succeeded", "done", 9, 9),
    ]
    told = iter(looks)
    assert job_display.followed(lambda: next(told)) == looks[-1]
    seen = screen.getvalue()
    for words in ("Scanning", "3/9", "Embedding", "Waiting: Nobody answers.", "Going on."):
        assert words in seen


def job_in(state: str, phase: str, done: int, total: int | None, **more: Any) -> dict[str, Any]:
    nothing = {"rate": 0.0, "remaining_seconds": None, "failed": 0, "waiting_for": None}
    return {"state": state, "phase": phase, "done": done, "total": total, **nothing, **more}


@pytest.mark.parametrize(
    ("job", "told"),
    [
        ({"rate": 0.0, "remaining_seconds": None, "failed": 0}, ""),
        ({"rate": 2.25, "remaining_seconds": 65.0, "failed": 1}, "2.2/s, 1:05 left, 1 refused"),
        (
            {"rate": 1234.0, "remaining_seconds": 7325.0, "failed": 2000},
            "1,234/s, 2:02:05 left, 2,000 refused",
        ),
    ],
)
def test_rate_and_remaining_time_are_said_in_few_words(job: dict[str, Any], told: str) -> None:
    assert told_of(job) == told
