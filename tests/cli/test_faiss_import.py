from pathlib import Path

import numpy as np
import pytest
from tests.commands import here
from tests.faiss_indexes import write

pytest.importorskip("faiss", reason="the extra faiss is not installed")

#: Dimensions of the model that ships.
DIMENSIONS = 409


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PINAKES_CLIENT__MODE", "local")
    vectors = np.eye(4, DIMENSIONS, dtype=np.float32)
    write(tmp_path / "theirs/1/3.faiss", [7, 8, 9, 9], vectors)
    write(tmp_path / "theirs/2/5.faiss", range(3), vectors[:3] * 2, "IDMap2,Flat")
    return tmp_path / "theirs"


def test_indexes_are_taken_over_with_a_line_each_and_only_when_it_is_meant(
    theirs: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    command = ("vectors", "import-faiss", theirs, "--state", tmp_path / "state")
    looked = here(capfdbinary, *command, "--dry-run")
    assert looked.stdout.decode() == "2 indexes with 7 vectors of pinakes-global can be taken over.\n"
    assert not (tmp_path / "state/search/search.sqlite3").exists()
    done = here(capfdbinary, *command)
    assert done.stdout.decode().splitlines() == [
        "1/3.faiss  stored: 3; followed by a later one of the same image: 1",
        "2/5.faiss  stored: 3; lengths were made 1",
    ]


def test_what_cannot_be_taken_over_is_one_sentence(
    theirs: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    write(theirs / "2/6.faiss", [1], np.eye(1, 512, dtype=np.float32))
    ended = here(capfdbinary, "vectors", "import-faiss", theirs, "--state", tmp_path / "state")
    (line,) = ended.stderr.splitlines()
    assert ended.status == 2
    assert "2/6.faiss: Its vectors have 512 dimensions; those of pinakes-global have 409" in line
    assert not (tmp_path / "state/search/search.sqlite3").exists()


def test_a_model_that_is_not_installed_is_said(
    theirs: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    command = ("vectors", "import-faiss", theirs, "--state", tmp_path / "state")
    ended = here(capfdbinary, *command, "--model", "clip-vit-b-32")
    assert ended.status == 1
    assert "clip-vit-b-32 is not installed" in ended.stderr
