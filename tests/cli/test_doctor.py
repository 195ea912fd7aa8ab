import os
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.commands import Ended, here
from tests.stand_ins import StandInModel, only_offer, served

from pinakes.cli import doctor
from pinakes.cli.checks import environment, models, pictures, samples, state
from pinakes.cli.checks.verdict import State, Verdict, ok
from pinakes.core.settings import ApplicationSettings, ClientSettings, InferenceSettings, Settings
from pinakes.db.session import open_database
from pinakes.services.inference.main import build_application

Capture = pytest.CaptureFixture[bytes]

needs_permissions = pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to the superuser")


@pytest.fixture
def free_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ports that nobody else on this machine looks at, and no service."""
    for name in ("APPLICATION__PORT", "INFERENCE__PORT"):
        monkeypatch.setenv(f"PINAKES_{name}", "0")
    monkeypatch.setenv("PINAKES_CLIENT__SERVICE_URL", "http://127.0.0.1:9")


def by_name(ended: Ended) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in ended.json["checks"]}


@pytest.mark.usefixtures("free_ports")
def test_every_part_works_here(capfdbinary: Capture, tmp_path: Path) -> None:
    ended = here(capfdbinary, "doctor", "--format", "json", "--state", tmp_path / "state")
    assert {name: check for name, check in by_name(ended).items() if check["state"] == "failed"} == {}
    assert (ended.status, ended.json["healthy"]) == (0, True)
    assert list(by_name(ended)) == list(doctor.CHECKS)
    warned = {name for name, check in by_name(ended).items() if check["state"] == "warning"}
    assert warned <= {"camera RAW", "inference service", "state directory"}
    assert all(check["remedy"] for check in by_name(ended).values() if check["state"] != "ok")
    assert not (tmp_path / "state").exists()


@pytest.mark.usefixtures("free_ports")
def test_a_part_that_fails_is_a_line_and_status_1(
    capfdbinary: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        doctor,
        "CHECKS",
        {"python": "environment:python", "library": "state:library", "gone": "nowhere:nothing"},
    )
    (tmp_path / "library.sqlite3").write_bytes(b"this is no database, whatever its name says" * 100)
    ended = here(capfdbinary, "doctor", "--state", tmp_path)
    assert ended.status == 1
    lines = ended.stdout.decode().splitlines()
    assert lines[0].startswith("ok       python")
    assert re.match(r"failed   library +The library in .* cannot be used", lines[1])
    assert "--state DIR" in lines[2]
    assert lines[3].startswith("failed   gone                ModuleNotFoundError")
    assert lines[-1] == "2 of 3 parts do not work."


def test_a_newer_library_is_reported(tmp_path: Path) -> None:
    open_database(tmp_path).dispose()
    with closing(sqlite3.connect(tmp_path / "library.sqlite3")) as connection, connection:
        connection.execute("update alembic_version set version_num = '9999'")
    verdict = doctor._verdict("state:library", Settings(state=tmp_path))
    assert verdict.state is State.FAILED
    assert "newer version" in verdict.seen


def test_a_damaged_library_is_reported(tmp_path: Path) -> None:
    open_database(tmp_path).dispose()
    path = tmp_path / "library.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 12] = b"\xa5" * (4096 * 9)
    path.write_bytes(content)
    assert doctor._verdict("state:library", Settings(state=tmp_path)).state is State.FAILED


def test_a_journal_without_its_guards_is_reported(tmp_path: Path) -> None:
    open_database(tmp_path).dispose()
    with closing(sqlite3.connect(tmp_path / "library.sqlite3")) as connection, connection:
        connection.execute("drop trigger journal_no_update")
    verdict = state.journal(Settings(state=tmp_path))
    assert (verdict.state, verdict.seen) == (State.FAILED, "lines can be changed")
    with closing(sqlite3.connect(tmp_path / "library.sqlite3")) as connection:
        assert connection.execute("select count(*) from journal").fetchone() == (0,)


def test_a_busy_library_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "WRITER_SECONDS", 0.1)
    open_database(tmp_path).dispose()
    with closing(sqlite3.connect(tmp_path / "library.sqlite3", isolation_level=None)) as other:
        other.execute("begin immediate")
        assert state.journal(Settings(state=tmp_path)).state is State.WARNING


def test_a_state_that_is_a_file_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for place in (file, file / "below"):
        assert state.directory(Settings(state=place)).state is State.FAILED


@needs_permissions
def test_a_state_that_may_not_be_written_is_reported(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert state.directory(Settings(state=tmp_path)).state is State.FAILED
    assert doctor._verdict("state:library", Settings(state=tmp_path)).state is State.FAILED


@pytest.mark.parametrize(
    ("free", "expected"), [(10**6, State.FAILED), (10**9, State.WARNING), (10**12, State.OK)]
)
def test_a_full_disk_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, expected: State
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": free}))
    assert state.directory(Settings(state=tmp_path)).state is expected


def test_ports_are_free_taken_or_ours() -> None:
    def looked_at(port: int) -> Verdict:
        return environment.inference_port(Settings(inference=InferenceSettings(port=port)))

    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken.settimeout(0)
        port = taken.getsockname()[1]
        found = looked_at(port)
        assert found.state is State.WARNING
        assert "--inference-port" in found.remedy
    assert looked_at(port).seen == f"port {port} is free"
    with served(
        build_application(Settings(), lambda: only_offer(StandInModel().load, name="stand-in"))
    ) as client:
        assert "a Pinakes service answers" in looked_at(client.base_url.port or 0).seen
    asked = Settings(application=ApplicationSettings(host="192.0.2.1"))
    assert environment.application_port(asked).state is State.FAILED


@pytest.fixture
def other_model() -> Iterator[Settings]:
    with served(
        build_application(Settings(), lambda: only_offer(StandInModel().load, name="stand-in"))
    ) as client:
        yield Settings(client=ClientSettings(service_url=str(client.base_url)))


def test_a_service_with_another_model_is_a_warning(other_model: Settings) -> None:
    verdict = models.service(other_model)
    assert verdict.state is State.WARNING
    assert "stand-in" in verdict.seen


def test_a_service_that_speaks_nonsense_is_a_failure() -> None:
    settings = Settings(client=ClientSettings(service_url="nonsense"))
    assert models.service(settings).state is State.FAILED


def test_a_descriptor_that_drifted_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    assert models.descriptor(Settings()).state is State.OK
    monkeypatch.setattr(models, "describe", lambda _: np_unit())
    assert models.descriptor(Settings()).state is State.FAILED


def np_unit() -> Any:
    import numpy as np

    vector = np.zeros(409, dtype=np.float32)
    vector[0] = 1
    return vector


def test_a_format_that_is_decoded_wrongly_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "TRIED", {"PNG": {}, "PPM": {}})
    assert pictures.decoding(Settings()) == ok("PNG, PPM")
    monkeypatch.setattr(pictures, "decode_reduced", lambda *_, **__: 255 - samples.gradient())
    assert "not decoded: PNG" in pictures.decoding(Settings()).seen


def test_a_profile_that_exchanges_colours_is_told_from_one_that_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert pictures.colour_profile(Settings()).state is State.OK
    monkeypatch.setattr(pictures, "exchanging_profile", lambda: b"")
    assert pictures.colour_profile(Settings()).state is State.FAILED


def test_the_least_versions_of_the_libraries_are_read() -> None:
    assert environment.libraries(Settings()).state is State.OK
    assert environment._problem("numpy", "999.0").endswith("is older than 999.0")
    assert environment._problem("no-such-library", "1") == "no-such-library is missing"
