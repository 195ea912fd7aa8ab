"""The ingestion service as a process of its own: killed, doubled, and with what it needs away."""

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from tests.commands import Started, started
from tests.services.ingest.conftest import inference_of, ingestion_of, photos_of, settings_of
from tests.stand_ins import StandInModel, inference_service, served
from tests.waiting import until

from pinakes.core.errors import StateBusy
from pinakes.core.settings import Settings
from pinakes.db.session import open_database
from pinakes.db.tables import contents, features
from pinakes.jobs import patience
from pinakes.services import owner
from pinakes.services.ingest.main import build_application, serve
from pinakes.services.opened import open_library

#: What the processes of these tests are told beside their command line.
QUICK = {
    "PINAKES_SCAN__WORKERS": "1",
    "PINAKES_INGEST__UNIT": "2",
    "PINAKES_INGEST__CAPTION": "false",
    "PINAKES_INGEST__READ_TEXT": "false",
}

PICTURES = 24


@contextmanager
def service(root: Path, url: str) -> Iterator[tuple[Started, str]]:
    """`pinakes serve ingest` in a directory of its own; the process, and where it listens."""
    environment = {**QUICK, "PINAKES_CLIENT__MODE": "remote", "PINAKES_CLIENT__SERVICE_URL": url}
    arguments = ("serve", "ingest", "--port", "0", "--state", root / "state")
    with started(root, *arguments, cwd=root, environment=environment) as process:
        line = until(lambda: [line for line in process.stderr.splitlines() if "listening on" in line])[0]
        yield process, line.split()[4]


def curl(url: str, directory: str) -> Any:
    """The contract's line, at another port; where there is no curl, what it sends."""
    body = f'{{"directory": "{directory}"}}'
    if shutil.which("curl") is None:
        headers = {"Content-Type": "application/json"}
        return httpx.post(f"{url}/ingest_directory", content=body, headers=headers).json()
    command = ["curl", "-s", "-X", "POST", f"{url}/ingest_directory"]
    command += ["-H", "Content-Type: application/json", "-d", body]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def stored_embeddings(root: Path) -> set[str]:
    engine = open_database(root / "state")
    with engine.execution_options(readonly=True).connect() as connection:
        found = set(connection.scalars(select(features.c.sha256)))
    engine.dispose()
    return found


def names_of(root: Path) -> dict[bytes, str]:
    """SHA-256 of every picture, by its bytes as a model is asked about them."""
    from pinakes.images.hashing import sha256

    return {path.read_bytes(): sha256(path.read_bytes()) for path in (root / "photos").glob("*.jpg")}


def test_the_contracts_line_a_kill_in_the_middle_and_a_second_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "PATIENCE", 0.1)
    photos_of(tmp_path / "photos", PICTURES)
    model = StandInModel(seconds_per_image=0.05)
    with inference_of(model, tmp_path) as url:
        with service(tmp_path, url) as (process, base):
            name = curl(base, "./photos")["job_id"]
            until(lambda: len(stored_embeddings(tmp_path)) >= 6)
            process.process.kill()
            process.process.wait()
        kept = stored_embeddings(tmp_path)
        assert 6 <= len(kept) < PICTURES
        model.forget()
        model.seconds_per_image = 0.0
        with service(tmp_path, url) as (process, base):

            def done() -> Any:
                job = httpx.get(f"{base}/jobs/{name}").json()
                return job if job["state"] == "succeeded" else None

            job = until(done)
            with pytest.raises(StateBusy, match=base):
                serve(settings_of(tmp_path), port=0)
            process.signal(signal.SIGTERM)
            assert process.wait() == 0
    assert (job["runs"], job["scan"]["counts"]["stored"]) == (2, PICTURES)
    known = names_of(tmp_path)
    again = [known[image] for image in model.seen if image in known]
    assert not kept & set(again)
    assert len(again) == len(set(again)) == PICTURES - len(kept)
    library = open_library(settings_of(tmp_path), ())
    collection = library.index.collection()
    assert collection is not None
    assert collection.count(folders=None) == library.index.words.count(folders=None) == PICTURES
    with library.reading() as connection:
        assert len(connection.scalars(select(contents.c.sha256)).all()) == PICTURES
    library.close()


def test_a_model_that_goes_away_in_the_middle_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.1)
    monkeypatch.setattr(patience, "LONGEST_SECONDS", 0.3)
    photos = photos_of(tmp_path / "photos", PICTURES)
    with inference_service(slowness=0.05) as model:
        model.wait_until_healthy()
        library = open_library(settings_of(tmp_path, url=model.url), [str(photos)])
        with served(build_application(library)) as client:
            asked = client.post("/ingest_directory", json={"directory": str(photos)}).json()
            path = asked["urls"]["job"]
            until(lambda: stored_embeddings(tmp_path))
            model.kill()
            job = until(lambda: found if (found := client.get(path).json())["waiting_for"] else None)
            assert job["state"] == "running"
            assert str(model.port) in job["waiting_for"]
            with inference_service(port=model.port) as again:
                again.wait_until_healthy()
                job = until(lambda: found if (found := client.get(path).json())["finished_at"] else None)
            assert (job["state"], job["runs"], job["waiting_for"]) == ("succeeded", 1, None)
            assert job["scan"]["changes"]["new"] == PICTURES + 3
    assert len(stored_embeddings(tmp_path)) == PICTURES


def test_a_store_that_is_away_at_the_start_is_waited_for_after_the_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pinakes.vectors.factory import open_vectors

    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.1)
    settings = Settings(state=tmp_path / "state")
    holding = open_vectors(settings.vectors, settings.vectors_directory)  # as another process would
    with ingestion_of(tmp_path, StandInModel()) as place:
        name = place.ingest(place.photos).json()["job_id"]
        job = until(lambda: found if (found := place.job(name))["waiting_for"] else None)
        assert job["scan"]["counts"]["stored"] == 6
        holding.close()
        assert place.until(name, "succeeded", "failed")["state"] == "succeeded"


def test_a_library_of_another_model_is_scanned_and_not_mixed(tmp_path: Path) -> None:
    other = StandInModel(revision="2")
    with ingestion_of(tmp_path, StandInModel()) as place:
        place.library.index.collection_for(other)  # type: ignore[arg-type] - only its identity is asked
        name = place.ingest(place.photos).json()["job_id"]
        job = place.until(name, "failed", "succeeded")
    assert job["state"] == "failed"
    assert "stand-in" in job["error"]["detail"]
    assert job["scan"]["counts"]["stored"] == 6
