import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.services.ingest.conftest import PICTURES, Place, settings_of
from tests.stand_ins import StandInModel, served
from tests.waiting import PATIENCE

from pinakes.jobs.runner import Jobs
from pinakes.services.ingest.main import allowed_by_default, build_application
from pinakes.services.jobs import following
from pinakes.services.opened import open_library


def events(response: httpx.Response) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for block in response.text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((fields["event"], json.loads(fields["data"])))
    return found


def test_a_directory_is_ingested_followed_and_counted(place: Place, model: StandInModel) -> None:
    response = place.ingest(place.photos)
    assert response.status_code == 202
    started = response.json()
    assert started["status"] == "queued"
    assert response.headers["location"] == started["urls"]["job"] == f"/jobs/{started['job_id']}"
    told = events(place.client.get(started["urls"]["events"], timeout=60))
    assert [name for name, _ in told] == ["progress"] * (len(told) - 1) + ["end"]
    final = told[-1][1]
    assert final["state"] == "succeeded"
    assert final["scan"]["counts"] == {"stored": PICTURES, "skipped": 2, "refused": 1}
    assert final["index"]["counts"]["embedded"] == PICTURES
    assert (final["done"], final["failed"], final["total"]) == (PICTURES + 1, 1, PICTURES + 1)
    assert len(model.seen) == PICTURES
    collection = place.library.index.collection()
    assert collection is not None
    assert collection.count(folders=None) == place.library.index.words.count(folders=None) == PICTURES
    place.until(place.ingest(place.photos).json()["job_id"], "succeeded")
    assert len(model.seen) == PICTURES


def test_the_application_answers_alike(ready: Place) -> None:
    response = ready.client.post("/api/v1/ingest", json={"directory": str(ready.photos)})
    assert response.headers["location"] == f"/api/v1/jobs/{response.json()['job_id']}"
    name = response.json()["job_id"]
    ready.until(name, "succeeded")
    assert ready.client.get(f"/api/v1/jobs/{name}").json() == ready.job(name)


@pytest.mark.parametrize(
    ("directory", "status", "code"),
    [
        ("/etc", 403, "forbidden"),
        ("{root}/..", 403, "forbidden"),
        ("{root}/link", 403, "forbidden"),
        ("photos", 403, "forbidden"),  # which begins at the working directory, outside of the root
        ("{root}/nothing", 422, "folder-unreadable"),
        ("{root}/0.jpg", 422, "folder-unreadable"),
        ("{root}/loop", 422, "folder-unreadable"),
        ("{root}/\0", 400, "invalid-request"),
        ("", 400, "invalid-request"),
    ],
)
def test_a_directory_that_cannot_be_ingested_is_a_problem(
    ready: Place, directory: str, status: int, code: str
) -> None:
    for name, target in (("link", "/etc"), ("loop", "loop")):
        if not (ready.photos / name).is_symlink():
            (ready.photos / name).symlink_to(target)
    before = ready.client.get("/jobs").json()
    response = ready.ingest(directory.format(root=ready.photos))
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert ready.client.get("/jobs").json() == before


def test_a_job_is_paused_cancelled_and_resumed_without_repeating_anything(
    place: Place, model: StandInModel
) -> None:
    model.gate.clear()
    name = place.ingest(place.photos).json()["job_id"]
    assert model.entered.acquire(timeout=PATIENCE)
    assert place.steer("pause", name).status_code == 200
    model.gate.set()
    assert place.until(name, "paused")["finished_at"] is None
    assert place.steer("cancel", name).json()["state"] == "cancelled"
    assert place.job(name)["finished_at"] is not None
    assert place.steer("resume", name).json()["state"] in ("queued", "running")
    assert place.until(name, "succeeded")["runs"] == 2
    assert len(model.seen) == len(set(model.seen)) == PICTURES


def test_a_retry_asks_again_for_what_was_refused_alone(place: Place, model: StandInModel) -> None:
    model.room = 0  # no picture fits
    name = place.ingest(place.photos).json()["job_id"]
    refused = place.until(name, "succeeded")
    assert refused["index"]["counts"]["refused"] == PICTURES
    model.room = 100
    model.forget()
    place.until(place.ingest(place.photos).json()["job_id"], "succeeded")
    assert model.seen == []
    (place.photos / "new.jpg").write_bytes((place.photos / "cut.jpg").read_bytes())
    assert place.steer("retry", name).json()["state"] in ("queued", "running")
    final = place.until(name, "succeeded")
    assert final["index"]["counts"] | {"indexed": 0} == {
        "embedded": PICTURES, "captioned": 0, "read": 0, "indexed": 0, "removed": 0, "refused": 0
    }  # fmt: skip
    assert len(model.seen) == PICTURES


def test_what_makes_no_sense_is_a_problem(ready: Place) -> None:
    name = ready.ingest(ready.photos).json()["job_id"]
    ready.until(name, "succeeded")
    for verb in ("pause", "resume"):
        response = ready.steer(verb, name)
        assert (response.status_code, response.json()["code"]) == (409, "wrong-state")
    for response in (ready.steer("cancel", "none"), ready.client.get("/jobs/none")):
        assert response.status_code == 404
    assert ready.client.get("/jobs", params={"cursor": "x"}).status_code == 400
    assert ready.client.get("/jobs", params={"state": "asleep"}).status_code == 422


def test_jobs_are_paged_newest_first(ready: Place) -> None:
    names = [job["id"] for job in ready.client.get("/jobs").json()["jobs"]][::-1]
    for _ in range(2):
        names.append(ready.ingest(ready.photos).json()["job_id"])
        ready.until(names[-1], "succeeded")
    first = ready.client.get("/jobs", params={"limit": 2}).json()
    second = ready.client.get("/jobs", params={"limit": 99, "cursor": first["next"]}).json()
    assert [job["id"] for job in (*first["jobs"], *second["jobs"])] == names[::-1]
    assert second["next"] is None
    assert ready.client.get("/jobs", params={"kind": "scan"}).json()["jobs"] == []


def test_a_stream_ends_without_an_end_when_the_service_stops(tmp_path: Path) -> None:
    application = build_application(open_library(settings_of(tmp_path), ()))
    jobs: Jobs = application.state.jobs
    with served(application) as client:
        name = jobs.submit("strange", {}).id  # which nobody here can do
        with client.stream("GET", f"/jobs/{name}/events", timeout=60) as stream:
            lines = stream.iter_lines()
            assert next(lines) == f"retry: {following.RETRY_MILLISECONDS}"
            jobs.close(10)
            rest = list(lines)
        assert "event: progress" in rest
        assert "event: end" not in rest
        assert client.get(f"/jobs/{name}").json()["state"] == "queued"
        assert client.get("/health").status_code == 503


def test_it_is_healthy_counted_and_described(ready: Place) -> None:
    assert ready.client.get("/health").json() == {"status": "healthy"}
    name = ready.ingest(ready.photos).json()["job_id"]
    ready.until(name, "succeeded")
    metrics = ready.client.get("/metrics").text
    assert 'pinakes_jobs_total{kind="ingest",state="succeeded"}' in metrics
    assert "pinakes_ingest_items_total" in metrics
    described = ready.client.get("/openapi.json").json()["paths"]
    answers = set(described["/ingest_directory"]["post"]["responses"])
    assert {"202", "400", "401", "403", "422", "429", "503"} <= answers
    assert {"200", "404", "409"} <= set(described["/jobs/{name}/pause"]["post"]["responses"])


def test_without_a_folder_the_working_directory_is_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert allowed_by_default(settings, (), "127.0.0.1") == (str(tmp_path),)
    assert allowed_by_default(settings, ("/given",), "127.0.0.1") == ("/given",)
    assert allowed_by_default(settings, (), "0.0.0.0") == ()
    assert allowed_by_default(settings_of(tmp_path, roots=[tmp_path]), (), "127.0.0.1") == ()
    monkeypatch.chdir("/")
    assert allowed_by_default(settings, (), "127.0.0.1") == ()


def test_roots_of_the_settings_may_be_ingested_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    settings = settings_of(tmp_path, roots=[tmp_path / "root"], embed=False)
    library = open_library(settings, (), roots=settings.ingest.roots, opening="Set it.")
    with served(build_application(library)) as client:
        asked = {"directory": os.fspath(tmp_path / "root")}
        assert client.post("/ingest_directory", json=asked).status_code == 202
        refused = client.post("/ingest_directory", json={"directory": os.fspath(tmp_path)}).json()
        assert refused["remedy"] == "Set it."
