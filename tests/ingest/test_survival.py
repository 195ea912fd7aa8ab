"""A scan that is killed, stopped, run twice at once, or out of room; and every hostile file there is."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.pictures import encoded, picture, shapes
from tests.scanning import scan
from tests.small_disk import fill, small_disk
from tests.waiting import PATIENCE

from pinakes.core.errors import DiskFull
from pinakes.core.settings import ImageLimits
from pinakes.db.session import open_database
from pinakes.db.tables import assets


def started(state: Path, *folders: Path) -> subprocess.Popen[str]:
    """A scan in a process group of its own, as a shell starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.scanning", str(state), *map(str, folders)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    report: dict[str, Any] = json.loads(out)
    return report


def stored(state: Path) -> int:
    engine = open_database(state)
    with engine.connect() as connection:
        number = connection.scalar(select(func.count()).select_from(assets))
    engine.dispose()
    return number or 0


def wait_for(state: Path, least: int, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        if (state / "library.sqlite3").exists() and stored(state) >= least:
            return
        time.sleep(0.05)


def many(folder: Path, number: int) -> Path:
    large = shapes(0, 900, 1200)
    for index in range(number):
        large[:8, :8] = index % 256
        large[8:16, :8] = index // 256
        path = folder / f"{index % 7}" / f"{index:04}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(large, quality=95))
    return folder


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGINT])
def test_a_scan_that_was_ended_goes_on_where_it_was(tmp_path: Path, death: signal.Signals) -> None:
    folder, state = many(tmp_path / "photos", 240), tmp_path / "state"
    process = started(state, folder)
    wait_for(state, 10, process)
    os.killpg(process.pid, death)
    process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    kept = stored(state)
    assert 10 <= kept < 240
    report = finished(started(state, folder))
    assert report["counts"] == {"stored": 240, "skipped": 0, "refused": 0}
    assert report["changes"]["unchanged"] == kept
    assert stored(state) == 240


def test_two_scans_at_once_store_everything_once(tmp_path: Path) -> None:
    folder, state = many(tmp_path / "photos", 24), tmp_path / "state"
    reports = [finished(process) for process in [started(state, folder), started(state, folder)]]
    assert [report["counts"]["stored"] for report in reports] == [24, 24]
    assert stored(state) == 24


def test_a_full_disk_is_one_sentence_and_what_was_stored_stays(tmp_path: Path) -> None:
    folder = many(tmp_path / "photos", 60)
    with small_disk(tmp_path / "disk", megabytes=8) as disk:
        state = disk / "state"
        first = many(tmp_path / "first", 3)
        assert scan(state, first).counts["stored"] == 3
        ballast = fill(disk)
        with pytest.raises(DiskFull, match="full"):
            scan(state, folder)
        ballast.unlink()
        assert scan(state, first).changes["unchanged"] == 3
        assert scan(state, folder).counts == {"stored": 60, "skipped": 0, "refused": 0}


def test_a_picture_that_takes_too_long_is_refused_and_the_rest_is_stored(tmp_path: Path) -> None:
    picture(tmp_path / "photos" / "1.png", 1, "PNG")
    heavy = encoded(shapes(2, 2000, 3000), "JPEG2000")  # a second or so to decode
    (tmp_path / "photos" / "2.jp2").write_bytes(heavy)
    report = scan(tmp_path / "state", tmp_path / "photos", limits=ImageLimits(seconds=0.05))
    assert report.counts["skipped"] == 0
    assert ("2.jp2", "too-slow") in [(Path(r.path).name, r.reason) for r in report.refused]
    assert report.counts["stored"] + report.counts["refused"] == 2


@pytest.mark.timeout(120)
def test_every_hostile_file_ends_stored_or_refused_in_bounded_memory(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = sum(len(files) for _, _, files in os.walk(shared_data / "hostile"))
    monkeypatch.setenv("PINAKES_IMAGES__WORKER_MEMORY", str(2**30))
    report = finished(started(tmp_path / "state", shared_data / "hostile"))
    assert sum(report["counts"].values()) == number > 400
    assert report["skipped"] == {"not-a-picture": 1}
    assert all(refused["detail"].endswith(".") for refused in report["refused"])
    assert report["counts"]["stored"] > 350
    assert report["peak_bytes"] < 1.5 * 2**30  # of one decoding process, its program included


def test_the_hostile_files_do_not_spoil_a_good_neighbour(shared_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    worst = sorted((shared_data / "hostile").rglob("*bomb*")) + sorted(
        (shared_data / "hostile").rglob("crash*")
    )
    for path in worst[:20]:
        shutil.copy(path, folder)
    picture(folder / "zz good.jpg", 1)
    report = scan(tmp_path / "state", folder)
    assert sum(report.counts.values()) == len(list(folder.iterdir()))
    assert not [refused for refused in report.refused if refused.path.endswith("good.jpg")]
