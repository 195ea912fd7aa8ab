from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.commands import here
from tests.vectors.stores import TINY, embedded, points, quick_directory, running_postgres

from pinakes.vectors.naming import collection_name

NAME = collection_name(TINY)

Capture = pytest.CaptureFixture[bytes]


@pytest.fixture
def state() -> Iterator[Path]:
    with quick_directory() as directory:
        store = embedded(directory / "vectors")
        store.create(TINY).upsert(points(40))
        store.close()
        yield directory


def test_collections_are_listed(capfdbinary: Capture, state: Path) -> None:
    ended = here(capfdbinary, "vectors", "list", "--state", state)
    assert ended.stdout.decode() == f"{NAME}  40 points of 8  (tiny 1)\n"
    (listed,) = here(capfdbinary, "vectors", "list", "--state", state, "--format", "json").json["collections"]
    assert (listed["name"], listed["points"], listed["identity"]["revision"]) == (NAME, 40, "1")


def test_a_library_without_vectors_says_so(capfdbinary: Capture, tmp_path: Path) -> None:
    ended = here(capfdbinary, "vectors", "list", "--state", tmp_path)
    assert (ended.status, ended.stdout) == (0, b"")
    assert "no collections yet" in ended.stderr


def test_a_snapshot_brings_a_collection_back(capfdbinary: Capture, state: Path, tmp_path: Path) -> None:
    path = tmp_path / "kept.zip"
    ended = here(capfdbinary, "vectors", "snapshot", NAME, path, "--state", state)
    assert ended.stdout.decode() == f"{path}: 40 points of {NAME}.\n"
    assert here(capfdbinary, "vectors", "snapshot", NAME, path, "--state", state).status == 2
    (state / "vectors" / NAME / "collection.json").write_text("{")
    broken = here(capfdbinary, "vectors", "check", NAME, "--state", state)
    assert broken.status == 1 and "cannot be read" in broken.stderr
    ended = here(capfdbinary, "vectors", "restore", path, "--replace", "--state", state)
    assert (ended.status, ended.stdout) == (0, b"40 points of tiny 1.\n")
    checked = here(capfdbinary, "vectors", "check", "--state", state)
    assert checked.stdout.decode().startswith(f"{NAME}  sound: 40 of 40 points read, 0 malformed, recall 1.0")
    finding = here(capfdbinary, "vectors", "check", "--state", state, "--format", "json").json[NAME]
    assert finding["sound"] is True


def test_an_index_is_brought_up_to_date(capfdbinary: Capture, state: Path) -> None:
    ended = here(capfdbinary, "vectors", "optimise", NAME, "--state", state)
    assert (ended.status, ended.stdout.decode()) == (0, f"{NAME}: there was nothing to do.\n")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("check", "none-8-0"), 1, f"there are {NAME}"),
        (("snapshot", "../up", "file"), 2, "no name of a collection"),
        (("restore", "absent.zip"), 2, "cannot be read: No such file"),
        (("move", NAME, "--to", "embedded"), 2, "embedded already"),
        (("list", "--driver", "pgvector"), 1, "PINAKES_VECTORS__POSTGRES_URL"),
        (("list", "--driver", "qdrant"), 1, "PINAKES_VECTORS__QDRANT_URL"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    capfdbinary: Capture,
    state: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    status: int,
    said: str,
) -> None:
    monkeypatch.setenv("PINAKES_VECTORS__QDRANT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("PINAKES_VECTORS__POSTGRES_URL", "postgresql://127.0.0.1:9/none")
    ended = here(capfdbinary, "vectors", *arguments, "--state", state)
    assert ended.status == status
    assert said in ended.stderr and ended.stderr.count("\n") == 1


def test_a_collection_moves_to_postgresql_and_back(
    capfdbinary: Capture, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_postgres() as postgres:
        monkeypatch.setenv("PINAKES_VECTORS__POSTGRES_URL", postgres.empty())
        there = here(capfdbinary, "vectors", "move", NAME, "--to", "pgvector", "--drop", "--state", state)
        assert there.stdout.decode() == f"{NAME}: 40 points copied and compared; the old one is dropped.\n"
        assert "no collections yet" in here(capfdbinary, "vectors", "list", "--state", state).stderr
        monkeypatch.setenv("PINAKES_VECTORS__DRIVER", "pgvector")
        back = here(capfdbinary, "vectors", "move", NAME, "--to", "embedded", "--state", state)
        assert "the old one is still there" in back.stdout.decode()
        for driver in ("embedded", "pgvector"):
            listed = here(capfdbinary, "vectors", "list", "--driver", driver, "--state", state)
            assert "40 points" in listed.stdout.decode()
