"""The walk: every file once, in the byte order of paths, past links, loops, special files and bad names."""

import os
import socket
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pinakes.core.errors import FolderUnreadable
from pinakes.core.paths import is_under
from pinakes.core.types import Reason
from pinakes.ingest.source import Found, Walk, resolve_folders

#: Names that sort badly: around the slash, with newlines, and such that are no UTF-8.
NAMES = st.binary(min_size=1, max_size=6).map(
    lambda raw: b"n" + raw.replace(b"\x00", b"-").replace(b"/", b".")
)
TREES = st.sets(
    st.lists(NAMES | st.sampled_from([b"a", b"a-", b"a0", b"a.b", b"ab"]), min_size=1, max_size=3).map(tuple),
    max_size=12,
)


def touch(path: Path | str) -> None:
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")


def walked(folder: Path, **patterns: tuple[str, ...]) -> list[Found]:
    return list(Walk(resolve_folders([folder]), **patterns))


def names(found: list[Found], folder: Path) -> dict[str, Reason | None]:
    return {os.path.relpath(item.path, folder): item.reason for item in found}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES)
def test_files_come_once_and_in_the_byte_order_of_their_paths(
    tmp_path_factory: pytest.TempPathFactory, tree: set[tuple[bytes, ...]]
) -> None:
    top = tmp_path_factory.mktemp("tree")
    made = set()
    for parts in tree:
        path = top.joinpath(*map(os.fsdecode, parts))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(exist_ok=False)
            made.add(os.fsencode(path))
        except OSError:
            continue  # a file is where the other example wants a folder, or the other way round
    met = [os.fsencode(found.path) for found in walked(top)]
    assert met == sorted(made)


def test_names_that_are_no_utf8_or_hold_newlines_are_kept(tmp_path: Path) -> None:
    odd = [
        b"caf\xe9.jpg",
        "café.jpg".encode(),
        b"two\nlines.jpg",
        b" leading.jpg",
        b"-rf.jpg",
        "日本.jpg".encode(),
    ]
    for name in odd:
        (tmp_path / os.fsdecode(name)).touch()
    assert {os.fsencode(Path(found.path).name) for found in walked(tmp_path)} == set(odd)


def test_loops_of_links_are_survived_and_links_are_named(tmp_path: Path) -> None:
    touch(tmp_path / "a" / "1.jpg")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "dangling.jpg").symlink_to(tmp_path / "nothing.jpg")
    (tmp_path / "linked.jpg").symlink_to(tmp_path / "a" / "1.jpg")
    assert names(walked(tmp_path), tmp_path) == {
        "a/1.jpg": None,
        "a/up": Reason.LINK,
        "self": Reason.LINK,
        "dangling.jpg": Reason.LINK,
        "linked.jpg": Reason.LINK,
    }


def test_a_folder_given_through_a_link_is_walked_at_its_real_place(tmp_path: Path) -> None:
    touch(tmp_path / "real" / "1.jpg")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert resolve_folders([tmp_path / "link", tmp_path / "real"]) == (str(tmp_path / "real"),)


@pytest.mark.parametrize(
    "folder", [".git", "@eaDir", "#recycle", "$RECYCLE.BIN", "System Volume Information"]
)
def test_hidden_and_system_folders_are_not_entered(tmp_path: Path, folder: str) -> None:
    touch(tmp_path / "1.jpg")
    touch(tmp_path / folder / "2.jpg")
    touch(tmp_path / "below" / folder / "3.jpg")
    assert names(walked(tmp_path), tmp_path) == {"1.jpg": None}


def test_hidden_files_are_skipped_by_name(tmp_path: Path) -> None:
    touch(tmp_path / ".1.jpg")
    assert names(walked(tmp_path), tmp_path) == {".1.jpg": Reason.HIDDEN}


def test_a_hidden_folder_that_is_asked_for_is_walked(tmp_path: Path) -> None:
    touch(tmp_path / ".photos" / "1.jpg")
    assert names(walked(tmp_path / ".photos"), tmp_path) == {".photos/1.jpg": None}


def test_special_files_are_named_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(tmp_path / "socket.jpg"))
    assert names(walked(tmp_path), tmp_path) == {
        "pipe.jpg": Reason.SPECIAL_FILE,
        "socket.jpg": Reason.SPECIAL_FILE,
    }


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        ({"exclude": ("*.tif",)}, {"1.jpg", "2019/2.jpg", "2019/raw/4.jpg"}),
        ({"exclude": ("2019/*",)}, {"1.jpg", "3.tif"}),
        ({"exclude": ("raw",)}, {"1.jpg", "2019/2.jpg", "3.tif"}),
        ({"include": ("*.tif",)}, {"3.tif"}),
        ({"include": ("2019/*",)}, {"2019/2.jpg", "2019/raw/4.jpg"}),
        ({"include": ("*.jpg",), "exclude": ("2.*",)}, {"1.jpg", "2019/raw/4.jpg"}),
    ],
)
def test_patterns(tmp_path: Path, patterns: dict[str, tuple[str, ...]], left: set[str]) -> None:
    for name in ("1.jpg", "2019/2.jpg", "3.tif", "2019/raw/4.jpg"):
        touch(tmp_path / name)
    found = names(walked(tmp_path, **patterns), tmp_path)
    assert {name for name, reason in found.items() if reason is None} == left
    assert set(found.values()) <= {None, Reason.EXCLUDED}


def test_patterns_hold_below_folders_whose_names_are_longer_in_bytes(tmp_path: Path) -> None:
    for name in ("Été/2019/1.jpg", "Été/é.tif", "Été/\udce9/2.jpg"):
        touch(tmp_path / name)
    found = names(walked(tmp_path / "Été", exclude=("2019/*", "é*")), tmp_path / "Été")
    assert {name for name, reason in found.items() if reason is None} == {"\udce9/2.jpg"}


def test_a_folder_inside_another_is_walked_once(tmp_path: Path) -> None:
    touch(tmp_path / "a" / "b" / "1.jpg")
    touch(tmp_path / "a-b" / "2.jpg")
    given = [tmp_path / "a" / "b", tmp_path / "a", tmp_path / "a-b", tmp_path / "a"]
    folders = resolve_folders(given)
    assert set(folders) == {str(tmp_path / "a"), str(tmp_path / "a-b")}
    assert len(list(Walk(folders))) == 2


def test_several_folders_come_in_the_order_of_the_library(tmp_path: Path) -> None:
    for name in ("a/1", "a-b/2", "a b/3"):
        touch(tmp_path / name)
    met = [found.path for found in Walk(resolve_folders([tmp_path / n for n in ("a", "a-b", "a b")]))]
    assert met == sorted(met, key=os.fsencode)


@pytest.mark.parametrize("name", ["nothing", "file", ""])
def test_a_folder_that_cannot_be_read_is_refused_before_anything_starts(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderUnreadable) as caught:
        resolve_folders([tmp_path, tmp_path / name if name else "/proc/self/fd/nothing"])
    assert caught.value.remedy


def test_a_folder_without_a_name_is_not_taken_for_the_one_that_one_stands_in() -> None:
    with pytest.raises(FolderUnreadable, match="without a name"):
        resolve_folders([""])


def test_a_folder_that_vanishes_meanwhile_is_told(tmp_path: Path) -> None:
    touch(tmp_path / "a" / "1.jpg")
    touch(tmp_path / "b" / "2.jpg")
    walk = iter(Walk(resolve_folders([tmp_path])))
    assert next(walk).path.endswith("a/1.jpg")
    (tmp_path / "b" / "2.jpg").unlink()
    (tmp_path / "b").rmdir()
    assert list(walk) == [Found(bytes(tmp_path / "b"), None, Reason.VANISHED, is_folder=True)]


def test_a_folder_that_may_not_be_listed_is_told(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may list every folder")
    touch(tmp_path / "closed" / "1.jpg")
    (tmp_path / "closed").chmod(0)
    try:
        found = walked(tmp_path)
    finally:
        (tmp_path / "closed").chmod(0o700)
    assert found == [Found(bytes(tmp_path / "closed"), None, Reason.PERMISSION_DENIED, is_folder=True)]


def test_a_tree_deeper_than_any_path_may_be_is_survived(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=here)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    found = walked(tmp_path)
    assert [item.reason for item in found] == [Reason.UNREADABLE]
    assert found[0].is_folder


def test_counting_meets_what_walking_meets(tmp_path: Path) -> None:
    for number in range(7):
        touch(tmp_path / str(number % 3) / f"{number}.jpg")
    walk = Walk(resolve_folders([tmp_path]))
    assert walk.count() == len(list(walk)) == 7


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [
        ("/a/b", "/a", True),
        ("/a", "/a", True),
        ("/ab", "/a", False),
        ("/a", "/", True),
        ("/a/b", "/a/", True),
    ],
)
def test_lying_below(path: str, folder: str, expected: bool) -> None:
    assert is_under(path, folder) is expected


def test_a_limited_walk_meets_only_what_is_below_its_directories(tmp_path: Path) -> None:
    for name in ("a/1", "a/b/2", "c/3", "c d/4"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    walk = Walk((str(tmp_path),), exclude=("a/b/*",)).limited(
        str(tmp_path / name) for name in ("c", "a/b", "a", "c d", "../elsewhere")
    )
    assert walk.reach == tuple(str(tmp_path / name) for name in ("a", "c d", "c"))
    met = [(found.path[len(str(tmp_path)) + 1 :], found.reason) for found in walk]
    assert met == [("a/1", None), ("a/b/2", Reason.EXCLUDED), ("c d/4", None), ("c/3", None)]


def test_a_walk_limited_to_nothing_meets_nothing(tmp_path: Path) -> None:
    (tmp_path / "1").touch()
    assert list(Walk((str(tmp_path),)).limited(())) == []


def test_directories_are_those_a_walk_enters(tmp_path: Path) -> None:
    for name in ("é/in", ".hidden", "out", "é/@eaDir/deep"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path)
    walk = Walk((str(tmp_path),), exclude=("out",))
    entered = {os.fsdecode(path)[len(str(tmp_path)) :] for path in walk.directories(os.fsencode(tmp_path))}
    assert entered == {"", "/é", "/é/in"}
    for name, left_out in (("é/in", False), ("é/@eaDir/deep", True), (".hidden/x", True), ("out/x", True)):
        assert walk.leaves_out(os.fsencode(tmp_path / name)) is left_out


@pytest.mark.parametrize(("age", "at_rest"), [(0.0, False), (20.0, False), (60.0, True), (-60.0, True)])
def test_a_file_is_at_rest_a_while_after_its_last_change(tmp_path: Path, age: float, at_rest: bool) -> None:
    path = tmp_path / "1"
    path.touch()
    os.utime(path, (time.time() - age,) * 2)
    walk = Walk((str(tmp_path),), rest_seconds=40.0)
    assert walk.is_at_rest(Found(os.fsencode(path), path.stat())) is at_rest
    assert Walk((str(tmp_path),)).is_at_rest(Found(os.fsencode(path), path.stat()))
