"""Watching real folders: what changes is taken in, and a drive that goes is no deletion."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy import select
from tests.pictures import picture
from tests.scanning import scan_of
from tests.stepping import Here

from pinakes.core.errors import ServiceUnavailable
from pinakes.core.settings import WatchSettings
from pinakes.db.session import open_database
from pinakes.db.tables import assets, contents
from pinakes.ingest.source import Found, Walk, resolve_folders
from pinakes.ingest.watching import mounts, tree, watcher
from pinakes.ingest.watching.inotify import Inotify, NoNotifications
from pinakes.ingest.watching.watcher import Manner, Watcher

#: Longest wait for anything a watcher should do, seconds.
SOON = 60.0

Notify = Literal["auto", "always", "never"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(watcher, "RETRY_SECONDS", 0.3)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    picture(folder / "1.jpg", 1)
    picture(folder / "trip" / "2.jpg", 2)
    return folder


class Watched:
    """A library that is watched: what is in it, and which directories were named."""

    def __init__(self, state: Path, folder: Path, notify: Notify, exclude: tuple[str, ...] = ()) -> None:
        self.engine, prepared = scan_of(state)
        # Processes of their own are not what is tested here, and take a second to start.
        self.scan = replace(prepared, make_runner=Here)
        self.named: list[frozenset[str]] = []
        self.taken = 0
        self.said: list[str] = []
        self.refuse = False
        self.watcher = Watcher(
            self.engine,
            Walk(resolve_folders([folder]), exclude),
            self._take,
            WatchSettings(notify=notify, settle_seconds=0.3, poll_seconds=0.3),
            say=self.said.append,
        )

    def _take(self, directories: frozenset[str]) -> None:
        self.named.append(directories)
        if self.refuse:
            raise ServiceUnavailable("It is away.")
        self.scan.run(self.watcher.scannable(directories))
        self.taken += 1

    def names(self, *, missing: bool = False) -> set[str]:
        query = select(assets.c.path).where(assets.c.missing == missing)
        with self.engine.execution_options(readonly=True).connect() as connection:
            return {Path(path).name for path in connection.scalars(query)}

    def soon(self, holds: Callable[[], bool]) -> None:
        until = time.monotonic() + SOON
        while not holds():
            assert time.monotonic() < until, (self.names(), self.names(missing=True), self.named, self.said)
            time.sleep(0.05)

    def manners(self) -> set[Manner]:
        return {place.manner for place in self.watcher.places}


@contextmanager
def watched(
    state: Path, folder: Path, notify: Notify = "always", exclude: tuple[str, ...] = ()
) -> Iterator[Watched]:
    one = Watched(state, folder, notify, exclude)
    one.scan.run(one.watcher.scannable(frozenset({str(folder)})))
    stop = threading.Event()
    thread = threading.Thread(target=one.watcher.run, args=(stop,))
    thread.start()
    try:
        one.soon(lambda: one.taken > 0)
        one.named.clear()
        yield one
    finally:
        stop.set()
        thread.join(SOON)
        one.engine.dispose()
    assert not thread.is_alive()


both = pytest.mark.parametrize("notify", ["always", "never"])


@both
def test_what_comes_changes_moves_and_goes_is_noticed(tmp_path: Path, photos: Path, notify: Notify) -> None:
    with watched(tmp_path / "state", photos, notify) as library:
        assert library.manners() == {Manner.NOTIFIED if notify == "always" else Manner.COMPARED}
        picture(photos / "new" / "deep" / "3.jpg", 3)
        library.soon(lambda: "3.jpg" in library.names())
        (photos / "trip").rename(photos / "journey")
        (photos / "1.jpg").rename(photos / "new" / "one.jpg")
        library.soon(lambda: "one.jpg" in library.names() and "1.jpg" in library.names(missing=True))
        (photos / "journey" / "2.jpg").unlink()
        library.soon(lambda: "2.jpg" not in library.names())
        picture(photos / "new" / "deep" / "4.jpg", 4)
        library.soon(lambda: "4.jpg" in library.names())
    assert all("state" not in path for named in library.named for path in named)


def test_a_renamed_directory_is_followed_under_its_new_name(tmp_path: Path, photos: Path) -> None:
    with watched(tmp_path / "state", photos) as library:
        (photos / "trip").rename(photos / "journey")
        library.soon(lambda: library.names(missing=True) == {"2.jpg"} <= library.names())
        library.named.clear()
        picture(photos / "journey" / "5.jpg", 5)
        library.soon(lambda: "5.jpg" in library.names())
        assert library.named == [frozenset({str(photos / "journey")})]


def test_a_move_between_folders_decodes_nothing(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watched(tmp_path / "state", photos) as library:

        def refuse(*_: object) -> None:
            raise AssertionError("something was decoded")

        monkeypatch.setattr(Here, "run", refuse)
        (photos / "1.jpg").rename(photos / "trip" / "moved.jpg")
        library.soon(lambda: "moved.jpg" in library.names())
        library.soon(lambda: library.names(missing=True) == {"1.jpg"})
        with library.engine.connect() as connection:
            assert len(connection.execute(select(contents.c.sha256)).all()) == 2


@both
def test_names_that_are_no_text_are_noticed(tmp_path: Path, photos: Path, notify: Notify) -> None:
    strange = photos / "caf\udce9"
    with watched(tmp_path / "state", photos, notify) as library:
        strange.mkdir()
        shutil.copy2(photos / "1.jpg", strange / "\udcff.jpg")
        library.soon(lambda: "\udcff.jpg" in library.names())


@both
def test_a_file_still_being_written_is_left_until_it_is_at_rest(
    tmp_path: Path, photos: Path, notify: Notify
) -> None:
    whole = (photos / "1.jpg").read_bytes() + os.urandom(100_000)
    with watched(tmp_path / "state", photos, notify) as library:
        with (photos / "slow.jpg").open("wb") as file:
            for at in range(0, len(whole), len(whole) // 20):
                file.write(whole[at : at + len(whole) // 20])
                file.flush()
                time.sleep(0.05)
                with library.engine.execution_options(readonly=True).connect() as connection:
                    refused = select(assets.c.detail).where(assets.c.outcome == "refused")
                    assert connection.scalars(refused).all() == []
        library.soon(lambda: "slow.jpg" in library.names())


def test_what_is_left_out_wakes_nobody(tmp_path: Path, photos: Path) -> None:
    (photos / "cache").mkdir()
    with watched(tmp_path / "state", photos, exclude=("cache",)) as library:
        picture(photos / "cache" / "6.jpg", 6)
        picture(photos / ".trash" / "7.jpg", 7)
        picture(photos / "8.jpg", 8)
        library.soon(lambda: "8.jpg" in library.names())
        assert not {"6.jpg", "7.jpg"} & library.names()


def test_a_link_is_not_followed(tmp_path: Path, photos: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (photos / "link").symlink_to(elsewhere)
    (photos / "loop").symlink_to(photos)
    with watched(tmp_path / "state", photos) as library:
        library.soon(lambda: library.manners() == {Manner.NOTIFIED})
        picture(elsewhere / "9.jpg", 9)
        picture(photos / "10.jpg", 10)
        library.soon(lambda: "10.jpg" in library.names())
        assert "9.jpg" not in library.names()


@both
@pytest.mark.parametrize("emptied", [False, True])
def test_a_drive_that_goes_is_no_deletion_and_is_taken_up_when_it_returns(
    tmp_path: Path, photos: Path, notify: Notify, emptied: bool
) -> None:
    with watched(tmp_path / "state", photos, notify) as library:
        photos.rename(tmp_path / "away")
        if emptied:
            photos.mkdir()
        library.soon(lambda: library.manners() == {Manner.ABSENT})
        time.sleep(1)
        assert library.names(missing=True) == set()
        assert "Nothing is held to be deleted" in library.said[-1]
        picture(tmp_path / "away" / "trip" / "11.jpg", 11)
        if emptied:
            photos.rmdir()
        (tmp_path / "away").rename(photos)
        library.soon(lambda: "11.jpg" in library.names())
        assert library.names(missing=True) == set()
        picture(photos / "trip" / "12.jpg", 12)
        library.soon(lambda: "12.jpg" in library.names())


def test_the_place_of_a_drive_inside_a_folder_is_no_deletion_either(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = photos / "drive"
    picture(drive / "13.jpg", 13)
    table = f"1 2 0:1 / {drive} rw - ext4 /dev/sdb rw\n".encode()
    monkeypatch.setattr(mounts, "read_table", lambda: table)
    with watched(tmp_path / "state", photos) as library:
        library.soon(lambda: len(library.watcher.places) == 2 and library.manners() == {Manner.NOTIFIED})
        drive.rename(tmp_path / "away")
        drive.mkdir()
        picture(photos / "trip" / "14.jpg", 14)
        library.soon(lambda: "14.jpg" in library.names())
        assert library.names(missing=True) == set()


def test_network_drives_are_compared_unless_told_otherwise(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = f"1 2 0:1 / / rw - ext4 /dev/sda rw\n2 1 0:9 / {photos} rw - nfs4 server:/x rw\n"
    monkeypatch.setattr(mounts, "read_table", table.encode)
    with watched(tmp_path / "state", photos, "auto") as library:
        assert library.manners() == {Manner.COMPARED}
        assert "nfs4" in library.said[-1]
        picture(photos / "15.jpg", 15)
        library.soon(lambda: "15.jpg" in library.names())


def test_where_no_more_can_be_watched_folders_are_compared(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, most = Inotify.add, 3

    def limited(self: Inotify, folder: bytes) -> int:
        number = add(self, folder)
        if number > most:
            raise NoNotifications("The limit of watched folders is reached.")
        return number

    monkeypatch.setattr(Inotify, "add", limited)
    with watched(tmp_path / "state", photos) as library:
        assert library.manners() == {Manner.NOTIFIED}
        for name in ("a", "b"):
            picture(photos / name / f"{name}.jpg", ord(name))
        library.soon(lambda: library.manners() == {Manner.COMPARED})
        assert "limit" in library.said[-1]
        library.soon(lambda: {"a.jpg", "b.jpg"} <= library.names())


def test_lost_notifications_have_everything_compared(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = tree.Tree.read
    lose = threading.Event()

    def losing(self: tree.Tree, seconds: float) -> set[bytes] | None:
        touched = read(self, seconds)
        return None if lose.is_set() and touched else set() if touched else touched

    monkeypatch.setattr(tree.Tree, "read", losing)
    with watched(tmp_path / "state", photos) as library:
        library.soon(lambda: library.manners() == {Manner.NOTIFIED})
        lose.set()
        picture(photos / "trip" / "16.jpg", 16)
        library.soon(lambda: "16.jpg" in library.names())
        assert library.named[-1] == {str(photos / "trip")}


def test_what_could_not_be_taken_is_named_again(tmp_path: Path, photos: Path) -> None:
    with watched(tmp_path / "state", photos) as library:
        library.refuse = True
        picture(photos / "trip" / "17.jpg", 17)
        library.soon(lambda: len(library.named) > 1)
        assert "17.jpg" not in library.names()
        library.refuse = False
        library.soon(lambda: "17.jpg" in library.names())


def test_two_watchers_of_one_library_double_nothing(tmp_path: Path, photos: Path) -> None:
    state = tmp_path / "state"
    with watched(state, photos) as first, watched(state, photos, "never") as second:
        for number in range(20, 30):
            picture(photos / "trip" / f"{number}.jpg", number)
        for library in (first, second):
            library.soon(lambda library=library: len(library.names()) == 12)
        (photos / "trip" / "20.jpg").unlink()
        first.soon(lambda: first.names(missing=True) == {"20.jpg"})
    engine = open_database(state)
    with engine.connect() as connection:
        paths = connection.scalars(select(assets.c.path)).all()
    engine.dispose()
    assert len(paths) == len(set(paths)) == 12


def test_a_drive_that_goes_during_a_scan_is_no_deletion(tmp_path: Path, photos: Path) -> None:
    engine, prepared = scan_of(tmp_path / "state")
    work = replace(prepared, make_runner=Here)
    work.run(Walk(resolve_folders([photos])))

    class Going(Walk):
        def __iter__(self) -> Iterator[Found]:
            photos.rename(tmp_path / "away")
            photos.mkdir()
            return Walk.__iter__(self)

    report = work.run(Going(resolve_folders([photos])))
    engine.dispose()
    assert (report.changes["missing"], report.counts["stored"]) == (0, 2)


def test_a_scan_of_some_directories_leaves_the_others_alone(tmp_path: Path, photos: Path) -> None:
    state = tmp_path / "state"
    engine, prepared = scan_of(state)
    work = replace(prepared, make_runner=Here)
    work.run(Walk(resolve_folders([photos])))
    (photos / "1.jpg").unlink()
    (photos / "trip" / "2.jpg").unlink()
    work.run(Walk(resolve_folders([photos])).limited([str(photos / "trip")]))
    with engine.connect() as connection:
        rows = {Path(row.path).name: row for row in connection.execute(select(assets))}
    engine.dispose()
    assert (rows["1.jpg"].missing, rows["2.jpg"].missing) == (False, True)
    assert rows["2.jpg"].folder == str(photos)


def test_folders_are_taken_up_and_let_go_while_others_are_watched_on(tmp_path: Path, photos: Path) -> None:
    other = tmp_path / "other"
    picture(other / "8.jpg", 8)
    with watched(tmp_path / "state", photos) as library:
        library.watcher.watch((str(other), str(photos)))
        library.soon(lambda: "8.jpg" in library.names())
        library.watcher.watch((str(other),))
        library.soon(lambda: [place.folder for place in library.watcher.places] == [str(other)])
        picture(photos / "unseen.jpg", 9)
        picture(other / "10.jpg", 10)
        library.soon(lambda: "10.jpg" in library.names())
        assert "unseen.jpg" not in library.names()
        library.watcher.watch((str(other), str(photos)))
        library.soon(lambda: "unseen.jpg" in library.names())


def test_what_lies_inside_of_a_folder_that_is_let_go_is_watched_on(tmp_path: Path, photos: Path) -> None:
    with watched(tmp_path / "state", photos) as library:
        library.watcher.watch((str(photos / "trip"),))
        library.soon(lambda: [place.folder for place in library.watcher.places] == [str(photos / "trip")])
        library.soon(lambda: library.manners() == {Manner.NOTIFIED})
        library.watcher.watch((str(photos),))
        library.soon(lambda: len(library.watcher.places) == 2 and library.manners() == {Manner.NOTIFIED})
        library.watcher.watch((str(photos / "trip"),))
        library.soon(lambda: len(library.watcher.places) == 1)
        picture(photos / "trip" / "11.jpg", 11)
        library.soon(lambda: "11.jpg" in library.names())
