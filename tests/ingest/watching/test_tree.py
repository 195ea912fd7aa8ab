"""The kernel's own notifications over trees of directories."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pinakes.ingest.source import Walk
from pinakes.ingest.watching.inotify import Inotify, NoNotifications
from pinakes.ingest.watching.tree import Tree, text


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    return tmp_path


@pytest.fixture
def tree(root: Path) -> Iterator[Tree]:
    one = Tree(Walk((str(root),)))
    one.add(os.fsencode(root))
    yield one
    one.close()


def touched(tree: Tree) -> set[str]:
    """What was touched until nothing comes any more."""
    found: set[str] = set()
    while some := tree.read(0.2):
        found |= text(some)
    return found


def test_the_directory_in_which_something_happens_is_named(tree: Tree, root: Path) -> None:
    (root / "a" / "b" / "1.jpg").write_bytes(b"x")
    assert touched(tree) == {str(root / "a" / "b")}
    (root / "a" / "b" / "1.jpg").rename(root / "a" / "1.jpg")
    assert touched(tree) == {str(root / "a"), str(root / "a" / "b")}
    (root / "a" / "1.jpg").unlink()
    assert touched(tree) == {str(root / "a")}


def test_directories_that_come_are_watched_with_all_that_is_in_them(tree: Tree, root: Path) -> None:
    (root / "c" / "d").mkdir(parents=True)
    assert str(root / "c") in touched(tree)
    (root / "c" / "d" / "2.jpg").write_bytes(b"x")
    assert touched(tree) == {str(root / "c" / "d")}


def test_a_directory_moved_within_is_known_by_its_new_name(tree: Tree, root: Path) -> None:
    (root / "a").rename(root / "z")
    touched(tree)
    (root / "z" / "b" / "3.jpg").write_bytes(b"x")
    assert touched(tree) == {str(root / "z" / "b")}


def test_a_directory_moved_away_is_watched_no_more(
    tree: Tree, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    away = tmp_path_factory.mktemp("away") / "a"
    (root / "a").rename(away)
    assert touched(tree) == {str(root)}
    (away / "4.jpg").write_bytes(b"x")
    assert touched(tree) == set()


def test_a_directory_deleted_and_made_again_is_watched(tree: Tree, root: Path) -> None:
    shutil.rmtree(root / "a")
    (root / "a").mkdir()
    touched(tree)
    (root / "a" / "5.jpg").write_bytes(b"x")
    assert touched(tree) == {str(root / "a")}


def test_what_a_scan_leaves_out_is_not_watched(tree: Tree, root: Path) -> None:
    (root / ".hidden" / "6.jpg").write_bytes(b"x")
    (root / ".late").mkdir()
    assert touched(tree) == {str(root)}
    (root / ".late" / "7.jpg").write_bytes(b"x")
    assert touched(tree) == set()


def test_a_folder_taken_out_is_watched_no_more(tree: Tree, root: Path) -> None:
    tree.remove(os.fsencode(root / "a"))
    (root / "a" / "b" / "8.jpg").write_bytes(b"x")
    assert touched(tree) == set()
    (root / "9.jpg").write_bytes(b"x")
    assert touched(tree) == {str(root)}


def test_more_than_the_kernel_keeps_is_said_to_be_lost(tree: Tree, root: Path) -> None:
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if most > 50_000:
        pytest.skip("the kernel keeps too many notifications to be overrun in a test")
    for number in range(most // 3 + 1):
        path = root / "a" / str(number % 1000)
        path.write_bytes(b"")
        path.unlink()
    until = time.monotonic() + 60
    while tree.read(0.2) is not None:
        assert time.monotonic() < until


def test_a_limit_of_the_kernel_is_said_with_what_raises_it(monkeypatch: pytest.MonkeyPatch) -> None:
    inotify = Inotify()

    class Full:
        def inotify_add_watch(self, *_: object) -> int:
            return -1

    monkeypatch.setattr(inotify, "_libc", Full())
    monkeypatch.setattr("ctypes.get_errno", lambda: 28)
    with pytest.raises(NoNotifications, match="max_user_watches"):
        inotify.add(b"/")
    inotify.close()


def test_a_directory_that_is_none_is_an_error_of_the_system(root: Path) -> None:
    inotify = Inotify()
    with pytest.raises(FileNotFoundError):
        inotify.add(os.fsencode(root / "nowhere"))
    inotify.close()
