import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.small_disk import fill, small_disk

from pinakes.core.errors import DiskFull, StateBusy, StateUnusable
from pinakes.services import owner
from pinakes.services.owner import owning, running_service

#: Owns a state until it is killed.
_OWNS = """
import sys, time
from pathlib import Path
from pinakes.services.owner import owning
with owning(Path(sys.argv[1]), "http://127.0.0.1:1"):
    print("mine", flush=True)
    time.sleep(60)
"""


def test_an_owner_is_found_while_it_owns(tmp_path: Path) -> None:
    assert running_service(tmp_path) is None
    with owning(tmp_path, "http://127.0.0.1:8002"):
        assert running_service(tmp_path) == "http://127.0.0.1:8002"
    assert running_service(tmp_path) is None


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        fill(disk)
        with pytest.raises(DiskFull, match="is full"), owning(disk, None):
            pass


def test_who_cannot_be_asked_is_no_service(tmp_path: Path) -> None:
    with owning(tmp_path, None):
        assert running_service(tmp_path) is None


def test_a_second_owner_is_told_whom_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "PATIENCE", 0.1)
    with (
        owning(tmp_path, "http://127.0.0.1:8002"),
        pytest.raises(StateBusy, match=f"process {os.getpid()}, which answers at http://127.0.0.1:8002"),
        owning(tmp_path, "http://127.0.0.1:8003"),
    ):
        pass
    with owning(tmp_path, None):
        pass


def test_a_killed_owner_owns_no_more(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _OWNS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "mine\n"
        assert running_service(tmp_path) == "http://127.0.0.1:1"
        process.kill()
    assert running_service(tmp_path) is None
    with owning(tmp_path, "http://127.0.0.1:2"):
        assert running_service(tmp_path) == "http://127.0.0.1:2"


@pytest.mark.parametrize("written", ["", "[]", "no json", '{"pid": 1}'])
def test_a_record_that_is_none_names_no_service(tmp_path: Path, written: str) -> None:
    with owning(tmp_path, "http://127.0.0.1:8002"):
        (tmp_path / owner.RECORD).write_text(written)
        assert running_service(tmp_path) is None


def test_a_state_that_is_no_directory_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(StateUnusable), owning(tmp_path / "state", None):
        pass
