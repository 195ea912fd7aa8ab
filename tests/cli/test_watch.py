"""`pinakes watch` as a process: it takes in what comes, and ends when it is told to."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.pictures import picture
from tests.running import environment
from tests.waiting import until

from pinakes.cli.watch import _by_folder
from pinakes.db.session import open_database
from pinakes.db.tables import assets
from pinakes.ingest.source import Walk


def names(state: Path) -> set[str]:
    if not (state / "library.sqlite3").exists():
        return set()
    engine = open_database(state)
    with engine.execution_options(readonly=True).connect() as connection:
        found = {Path(path).name for path in connection.scalars(select(assets.c.path))}
    engine.dispose()
    return found


def test_it_takes_in_what_comes_and_ends_with_sigterm(tmp_path: Path) -> None:
    state, photos = tmp_path / "state", tmp_path / "photos"
    picture(photos / "1.jpg", 1)
    chosen = {"PINAKES_WATCH__SETTLE_SECONDS": "0.3", "PINAKES_INGEST__EMBED": "false"}
    process = subprocess.Popen(
        [sys.executable, "-m", "pinakes", "watch", str(photos)],
        env=environment(state) | chosen,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        until(lambda: names(state) == {"1.jpg"})
        picture(photos / "trip" / "2.jpg", 2)
        until(lambda: names(state) == {"1.jpg", "2.jpg"})
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert f"{photos} is watched." in told


def test_a_service_is_asked_for_each_folder_and_never_by_a_name_that_is_no_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    strange = os.fsdecode(b"/b/\xff")
    walk = Walk(("/a", "/b", "/c")).limited(["/a/x", "/a/y", "/b/z", strange])
    assert _by_folder(walk) == [("/a", ["/a/x", "/a/y"]), ("/b", ["/b/z"])]
    assert "no text" in capsys.readouterr().err
