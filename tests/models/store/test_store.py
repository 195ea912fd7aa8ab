"""The store: whole models only, whatever crashes, and never two hands on one model."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.waiting import PATIENCE

from pinakes.core.errors import NotFound, StateBusy, StateUnusable
from pinakes.core.types import Task
from pinakes.models.store.manifest import Manifest
from pinakes.models.store.store import Installed, Store, described

CONTENT = {"config.json": b"{}", "onnx/model.onnx": b"weights" * 1000}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "models")


def install(store: Store, name: str = "tiny", revision: str = "aaa", **more: bytes) -> Installed:
    folder = store.incoming(name, revision)
    for path, content in (CONTENT | more).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    files = tuple(described(folder, path) for path in CONTENT)
    manifest = Manifest(
        name=name, revision=revision, source="here", tasks=(Task.IMAGE_EMBEDDING,), files=files
    )
    with store.held(name):
        return store.install(folder, manifest)


def test_an_empty_store_holds_nothing_and_creates_nothing(store: Store) -> None:
    assert store.installed() == []
    with pytest.raises(NotFound, match="tiny is not installed"):
        store.find("tiny")
    assert not store.directory.exists()


def test_what_is_absent_comes_with_the_command_that_gets_it(store: Store) -> None:
    with pytest.raises(NotFound) as refused:
        store.find("ViT-B-32__openai")
    assert "pinakes models pull clip-vit-base-patch32`" in refused.value.remedy


def test_the_newest_is_current_and_older_ones_are_found_by_their_first_digits(store: Store) -> None:
    old, new = install(store, revision="abc1"), install(store, revision="def2")
    assert [(each.revision, each.current) for each in store.installed()] == [
        ("def2", True),
        ("abc1", False),
    ]
    assert store.find("tiny").path == new.path
    assert store.find("tiny", "ab").path == old.path
    with pytest.raises(NotFound, match="in revision zzz"):
        store.find("tiny", "zzz")


def test_removing_the_current_revision_leaves_the_other_current(store: Store) -> None:
    install(store, revision="abc1")
    install(store, revision="def2")
    assert [gone.revision for gone in store.remove("tiny", "def2")] == ["def2"]
    assert [(each.revision, each.current) for each in store.installed()] == [("abc1", True)]
    store.remove("tiny")
    assert store.installed() == []
    assert not (store.directory / "tiny").exists()


def test_removing_takes_the_leavings_of_downloads_too(store: Store) -> None:
    install(store)
    left = store.incoming("tiny", "other")
    kept = store.incoming("tiny-er", "other")
    store.remove("tiny")
    assert (left.exists(), kept.exists()) == (False, True)


def test_files_that_the_manifest_does_not_name_do_not_get_in(store: Store) -> None:
    model = install(store, **{"onnx/model.onnx.part": b"half", "stray.json": b"{}"})
    here = {path.relative_to(model.path).as_posix() for path in model.path.rglob("*") if path.is_file()}
    assert here == {*CONTENT, "manifest.json"}


def test_damage_is_found_and_named(store: Store) -> None:
    model = install(store)
    assert store.verify(model) == []
    (model.path / "onnx" / "model.onnx").write_bytes(b"weightz" * 1000)
    (model.path / "config.json").unlink()
    assert store.verify(model) == ["config.json", "onnx/model.onnx"]


def test_files_made_here_are_recorded_and_verified(store: Store) -> None:
    model = install(store)
    made = model.path / "onnx" / "model_int8.onnx"
    made.write_bytes(b"small")
    model = store.record(model, [made])
    assert model.nbytes == sum(map(len, CONTENT.values())) + 5
    made.write_bytes(b"sma11")
    assert store.verify(model) == ["onnx/model_int8.onnx"]


@pytest.mark.parametrize("damage", [b"", b"{", b'{"name": "other"}', b"[]"])
def test_a_folder_whose_note_cannot_be_read_is_no_model(store: Store, damage: bytes) -> None:
    model = install(store)
    (model.path / "manifest.json").write_bytes(damage)
    assert store.installed() == []


def test_names_do_not_lead_out_of_the_store(store: Store, tmp_path: Path) -> None:
    install(Store(tmp_path), "outside")
    install(store)
    for name in ("../outside", str(tmp_path / "outside"), ".", ""):
        with pytest.raises(NotFound):
            store.remove(name)
    assert (tmp_path / "outside").exists()


def test_a_second_process_is_told_to_wait(store: Store) -> None:
    with store.held("tiny"):
        with pytest.raises(StateBusy, match="Another Pinakes"), store.held("tiny", seconds=0.05):
            pass
        with store.held("other", seconds=0.05):
            pass


def test_many_hands_at_once_leave_a_whole_model(store: Store) -> None:
    def work(number: int) -> None:
        install(store, revision=f"rev{number}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = store.installed()
    assert len(found) == 6
    assert sum(each.current for each in found) == 1
    assert all(store.verify(each) == [] for each in found)


def test_a_directory_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StateUnusable, match="cannot be used"):
        install(Store(tmp_path / "file" / "models"))


INSTALLING = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from tests.models.store.test_store import install
from pinakes.models.store.store import Store
store = Store(Path({place!r}))
number = 0
print("ready", flush=True)
while True:
    number += 1
    install(store, revision=f"r{{number % 7}}", **{{"onnx/model.onnx": bytes([number % 256]) * 9_000}})
    if number % 5 == 0:
        store.remove("tiny", f"r{{number % 7}}")
"""


def test_a_killed_process_leaves_no_half_model(store: Store, repository: Path) -> None:
    for turn in range(6):
        program = INSTALLING.format(tests=str(repository), place=str(store.directory))
        process = subprocess.Popen(
            [sys.executable, "-c", program], cwd=repository, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.05 + 0.03 * turn)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)
        process.stdout.close()
        for model in store.installed():
            assert store.verify(model) == []
        install(store, revision=f"after{turn}")
        assert store.find("tiny").revision == f"after{turn}"
