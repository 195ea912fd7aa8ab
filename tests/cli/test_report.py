"""`pinakes report` as a person runs it."""

import json
from pathlib import Path

import pytest
from tests.pictures import picture
from tests.scanning import scan
from typer.testing import CliRunner

from pinakes.cli.commands import register
from pinakes.cli.main import app
from pinakes.core.errors import InvalidRequest, NotFound

runner = CliRunner()


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not app.registered_commands:
        register(app)
    root = tmp_path_factory.mktemp("report")
    picture(root / "photos" / "1.jpg", 1)
    (root / "photos" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
    scan(root / "state", root / "photos")
    return root / "state"


def report(state: Path, *options: str) -> bytes:
    done = runner.invoke(app, ["report", "--state", str(state), *options])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.stdout_bytes


def test_the_summary_is_for_reading(state: Path) -> None:
    told = report(state).decode()
    assert "1 pictures in" in told
    assert "1 refused" in told
    assert "Formats:           JPEG 1" in told
    assert "Duplicates were not looked for yet" in told


def test_rows_go_to_standard_output(state: Path) -> None:
    rows = [json.loads(line) for line in report(state, "--format", "jsonl").splitlines()]
    assert [Path(row["path"]).name for row in rows] == ["1.jpg", "broken.jpg"]


def test_a_file_is_replaced_only_by_a_whole_report(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report.csv"
    report(state, "--format", "csv", "--output", str(target))
    whole = target.read_bytes()
    assert whole.count(b"\r\n") == 3
    assert [path.name for path in tmp_path.iterdir()] == ["report.csv"]

    from pinakes.ingest.reports import forms

    def failing(*_: object) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(forms, "_cell", failing)
    with pytest.raises(Exception, match="no room"):
        report(state, "--format", "csv", "--output", str(target))
    assert target.read_bytes() == whole
    assert [path.name for path in tmp_path.iterdir()] == ["report.csv"]


def test_a_place_that_cannot_be_written_is_named(state: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="cannot be written"):
        report(state, "--format", "csv", "--output", str(tmp_path / "nowhere" / "report.csv"))


def test_a_folder_that_was_never_scanned_is_named(state: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="knows no file"):
        report(state, str(tmp_path))
