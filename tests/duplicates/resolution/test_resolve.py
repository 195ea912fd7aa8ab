"""Applying a plan to real files: what is done, what is refused, and what is never touched."""

import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.resolving import Library, group_of, snapshot
from tests.small_disk import fill, small_disk
from tests.waiting import PATIENCE

from pinakes.core.errors import DiskFull, ReadOnlyFolder, StateBusy
from pinakes.core.types import Tier
from pinakes.duplicates.resolution import bins, files, journal, lock, plan, recovery, resolve
from pinakes.duplicates.resolution.plan import Plan, Verb


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def pair(library: Library, verb: Verb | None = None, name: str = "b.jpg") -> Plan:
    """Two files of equal bytes, and the plan that lets the second go."""
    kept, goes = library.add("a.jpg"), library.add(name)
    return plan.make([group_of("g", [kept, goes], keep=kept)], verb=verb)


def only_reason(report: resolve.ActReport) -> str:
    assert report.done == 0
    ((_, reason),) = report.failed
    return reason


@pytest.fixture
def bound(tmp_path: Path) -> Iterator[Path]:
    """A folder that is a second mount of another one."""
    real, place = tmp_path / "real", tmp_path / "bound"
    real.mkdir()
    place.mkdir()
    if subprocess.run(["mount", "--bind", real, place], capture_output=True, check=False).returncode:
        pytest.skip("a folder cannot be mounted a second time here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_trash_moves_the_file_and_marks_it_missing(library: Library) -> None:
    made = pair(library)
    inode = (library.folder / "b.jpg").stat().st_ino
    report = library.apply(made)
    assert (report.done, report.failed, report.bytes) == (1, (), len(b"picture"))
    assert set(snapshot(library.folder)) == {str(library.folder / "a.jpg")}
    assert library.missing() == {"b.jpg"}
    (held,) = library.trashed()
    assert held == str(library.state / "trash" / report.act / "1-b.jpg")
    assert Path(held).stat().st_ino == inode


def test_hardlink_leaves_the_kept_file_under_both_names(library: Library) -> None:
    report = library.apply(pair(library, Verb.HARDLINK))
    a, b = library.folder / "a.jpg", library.folder / "b.jpg"
    assert report.done == 1
    assert a.samefile(b)
    assert library.missing() == set()
    assert [row.inode for row in library.rows()] == [str(a.stat().st_ino)] * 2
    assert len(library.trashed()) == 1


def test_symlink_leads_to_the_kept_file_also_when_the_folder_moves(library: Library) -> None:
    library.apply(pair(library, Verb.SYMLINK, "deep/er/b.jpg"))
    moved = library.folder.rename(library.folder.with_name("moved"))
    assert (moved / "deep/er/b.jpg").readlink() == Path("../../a.jpg")
    assert (moved / "deep/er/b.jpg").read_bytes() == b"picture"
    assert library.missing() == {"deep/er/b.jpg"}


def test_a_symlink_into_another_folder_is_absolute(library: Library, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    kept = replace(library.add("a.jpg"), folder=str(other))
    goes = library.add("b.jpg")
    kept_path = other / "a.jpg"
    Path(kept.path).rename(kept_path)
    library.apply(
        plan.make(
            [group_of("g", [(moved := replace(kept, path=str(kept_path))), goes], keep=moved)],
            verb=Verb.SYMLINK,
        )
    )
    assert (library.folder / "b.jpg").readlink() == kept_path


def test_an_empty_plan_leaves_no_trace(library: Library) -> None:
    report = library.apply(plan.make([]))
    assert report == resolve.ActReport("", "resolve", 0, (), 0)
    assert journal.lines(library.engine) == []


def test_progress_is_told_after_every_chunk(library: Library) -> None:
    assets = [library.add(f"{n}.jpg") for n in range(6)]
    told: list[tuple[int, int]] = []
    library.apply(plan.make([group_of("g", assets)]), chunk=2, progress=lambda *now: told.append(now))
    assert told == [(2, 5), (4, 5), (5, 5)]


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(b"another"),
        lambda path: os.utime(path, ns=(0, 0)),
        lambda path: path.unlink(),
        lambda path: (path.unlink(), path.symlink_to("a.jpg")),
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: (path.unlink(), os.mkfifo(path)),
    ],
    ids=["bytes", "time", "gone", "link", "folder", "pipe"],
)
@pytest.mark.parametrize("name", ["a.jpg", "b.jpg"])
def test_what_changed_since_the_scan_is_left_and_the_rest_goes_on(
    library: Library, change, name: str
) -> None:
    made = plan.make(
        [
            group_of("g", [library.add("a.jpg"), library.add("b.jpg")]),
            group_of("h", [library.add("c.jpg", b"c"), library.add("d.jpg", b"c")]),
        ]
    )
    change(library.folder / name)
    before = snapshot(library.folder)
    report = library.apply(made)
    assert report.done == 1
    ((path, reason),) = report.failed
    assert path == str(library.folder / "b.jpg")
    assert reason.endswith("scan again")
    del before[str(library.folder / "d.jpg")]
    assert snapshot(library.folder) == before


def test_another_file_of_the_same_size_and_time_is_not_taken_for_the_scanned_one(library: Library) -> None:
    made = pair(library)
    path = library.folder / "b.jpg"
    status = path.stat()
    path.rename(library.folder / "aside")
    path.write_bytes(b"PICTURE")
    os.utime(path, ns=(status.st_mtime_ns, status.st_mtime_ns))
    assert "has changed" in only_reason(library.apply(made))
    assert path.read_bytes() == b"PICTURE"


def test_after_a_restart_gave_the_device_another_number_the_bytes_decide(library: Library) -> None:
    kept, same = library.add("a.jpg", device="7"), library.add("b.jpg", device="7", inode="1")
    other = library.add("c.jpg", b"PICTURE", device="7", sha256=kept.sha256)
    report = library.apply(plan.make([group_of("g", [kept, same, other], keep=kept)]))
    assert report.done == 1
    assert [path for path, _ in report.failed] == [other.path]


def test_the_kept_file_is_never_the_removed_one_under_another_path(library: Library) -> None:
    # `x` was another folder when it was scanned; by now it leads to where the file itself is, and the
    # device has another number, so that only the bytes are compared.
    goes = library.add("y/b.jpg", device="7")
    kept = replace(goes, path=str(library.folder / "x" / "b.jpg"), inode="1")
    (library.folder / "x").symlink_to("y")
    reason = only_reason(library.apply(plan.make([group_of("g", [kept, goes], keep=kept)])))
    assert "the same file on disk" in reason
    assert Path(goes.path).exists()


def test_a_link_out_of_the_library_is_not_followed(library: Library, tmp_path: Path) -> None:
    made = pair(library, name="inside/b.jpg")
    outside = tmp_path / "outside"
    (library.folder / "inside").rename(outside)
    (library.folder / "inside").symlink_to(outside)
    assert "a link leads out of its folder" in only_reason(library.apply(made))
    assert (outside / "b.jpg").read_bytes() == b"picture"
    assert library.trashed() == []


def test_a_file_that_became_a_name_of_the_kept_one_is_left(library: Library) -> None:
    kept = library.add("a.jpg")
    os.link(kept.path, library.folder / "b.jpg")
    twin = library.add("b.jpg")
    pretended = replace(twin, inode="", device="7")
    assert "same file on disk" in only_reason(
        library.apply(plan.make([group_of("g", [kept, pretended], keep=kept)]))
    )


@pytest.mark.parametrize("verb", [Verb.TRASH, Verb.HARDLINK, Verb.SYMLINK])
@pytest.mark.parametrize(
    "name",
    [
        "x" * 251 + ".jpg",
        "new\nline.jpg",
        os.fsdecode(b"\xff\xfe.jpg"),
        "-rf.jpg",
        "quote'\".jpg",
        "é́.jpg",
        "%s.jpg",
    ],
    ids=["255 bytes", "newline", "no UTF-8", "dash", "quotes", "combining", "percent"],
)
def test_every_name_goes_and_comes_back(library: Library, name: str, verb: Verb) -> None:
    made = pair(library, verb, name)
    before, rows = snapshot(library.folder), library.rows()
    assert library.apply(made).failed == ()
    assert len(library.trashed()) == 1
    assert library.undo()[0].failed == ()
    assert (snapshot(library.folder), library.rows()) == (before, rows)


def test_a_read_only_folder_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with small_disk(tmp_path / "pictures", megabytes=1) as disk:
        library = Library(tmp_path, folder=disk)
        made = pair(library)
        group = group_of("g", [library.add("x/a.jpg"), library.add("x/b.jpg")])
        inside, verdict = plan.make([group]), plan.make([group], verb=Verb.KEEP)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        before = snapshot(disk)
        for refused, folder in ((made, disk), (inside, disk / "x")):
            with pytest.raises(ReadOnlyFolder, match=str(folder)):
                library.apply(refused)
        assert snapshot(disk) == before
        assert journal.lines(library.engine) == []
        assert library.apply(verdict).done == 1


def test_a_folder_without_permission_is_refused_before_anything_starts(library: Library) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    made = pair(library)
    library.folder.chmod(0o555)
    with pytest.raises(ReadOnlyFolder, match="Nothing was changed"):
        library.apply(made)
    library.folder.chmod(0o755)


def test_many_read_only_folders_are_counted(tmp_path: Path) -> None:
    with small_disk(tmp_path / "pictures", megabytes=1) as disk:
        library = Library(tmp_path, folder=disk)
        assets = [library.add(f"{n}/a.jpg") for n in range(14)]
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with pytest.raises(ReadOnlyFolder, match="and 3 more"):
            library.apply(plan.make([group_of("g", assets)]))


def test_the_trash_is_on_the_volume_of_the_file(tmp_path: Path) -> None:
    with small_disk(tmp_path / "pictures" / "deep" / "volume", megabytes=1) as disk:
        library = Library(tmp_path)
        made = pair(library, name=str(disk / "far" / "b.jpg"))
        before = snapshot(library.folder)
        report = library.apply(made)
        assert report.failed == ()
        assert library.trashed() == [str(disk / ".pinakes-trash" / report.act / "1-b.jpg")]
        library.undo()
        assert snapshot(library.folder) == before
        assert not (disk / ".pinakes-trash").exists()


def test_the_trash_is_on_the_mount_of_the_file(library: Library, bound: Path) -> None:
    here = Library(bound.parent, folder=bound, state=library.state)
    made = pair(here, name="x/b.jpg")
    report = here.apply(made)
    assert report.failed == ()
    assert here.trashed() == [str(bound / ".pinakes-trash" / report.act / "1-b.jpg")]
    assert here.undo()[0].done == 1


def test_no_hardlink_crosses_devices_and_the_file_stays(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        library = Library(tmp_path)
        goes = library.add("b.jpg")
        far = replace(library.add(str(disk / "a.jpg")), folder=str(disk), device=goes.device)
        report = library.apply(plan.make([group_of("g", [far, goes], keep=far)], verb=Verb.HARDLINK))
        assert report.done == 0
        assert Path(goes.path).exists()
        assert library.trashed() == []


def test_a_link_that_cannot_be_made_puts_the_file_back(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = pair(library, Verb.HARDLINK)
    before = snapshot(library.folder)

    def too_many(*_: object, **__: object) -> None:
        raise OSError(31, "Too many links")

    with monkeypatch.context() as patched:
        patched.setattr(files, "link", too_many)
        assert "too many links" in only_reason(library.apply(made))
    assert snapshot(library.folder) == before
    assert library.trashed() == []


def test_a_file_that_can_be_neither_linked_nor_put_back_waits_in_the_trash(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = pair(library, Verb.HARDLINK)
    place = library.folder / "b.jpg"

    def taken(*_: object, **__: object) -> None:
        place.write_bytes(b"another")
        raise FileExistsError(17, "File exists")

    with monkeypatch.context() as patched:
        patched.setattr(files, "link", taken)
        assert library.apply(made).done == 1
    assert "nothing is in its place" in journal.lines(library.engine)[1].detail["reason"]
    assert place.read_bytes() == b"another"
    place.unlink()
    assert library.undo()[0].done == 1
    assert place.read_bytes() == b"picture"


def test_no_symlink_is_left_that_leads_elsewhere(library: Library) -> None:
    made = pair(library, Verb.SYMLINK, "x/y/b.jpg")
    # By now the directory is reached through a link inside the library, so that `../../a.jpg` is another.
    (library.folder / "x").rename(library.folder / "z")
    (library.folder / "z" / "y").rename(library.folder / "y")
    (library.folder / "x").mkdir()
    (library.folder / "x" / "y").symlink_to("../y")
    before = snapshot(library.folder)
    assert "would not lead to what is kept" in only_reason(library.apply(made))
    assert snapshot(library.folder) == before


def test_two_names_of_one_file_both_go_and_come_back_as_one(library: Library) -> None:
    kept, first = library.add("a.jpg"), library.add("b.jpg")
    os.link(first.path, library.folder / "c.jpg")
    second = library.add("c.jpg")
    before = snapshot(library.folder)
    assert library.apply(plan.make([group_of("g", [kept, first, second], keep=kept)])).done == 2
    library.undo()
    assert snapshot(library.folder) == before
    assert Path(first.path).samefile(second.path)


def test_a_second_process_is_told_to_wait(library: Library) -> None:
    made = pair(library)
    entered, leave = threading.Event(), threading.Event()

    def occupy() -> None:
        with lock.held(library.state):
            entered.set()
            leave.wait(PATIENCE)

    other = threading.Thread(target=occupy)
    other.start()
    entered.wait(PATIENCE)
    try:
        with pytest.raises(StateBusy, match="resolving or undoing"):
            library.apply(made, patience=0.05)
        with pytest.raises(StateBusy):
            library.undo(patience=0.05)
        assert journal.lines(library.engine) == []
        assert recovery.recover(library.engine, library.state) == 0
    finally:
        leave.set()
        other.join()
    assert library.apply(made).done == 1


@pytest.mark.parametrize("room", [0, 30_000, 150_000, 400_000])
def test_a_full_disk_loses_nothing(tmp_path: Path, room: int) -> None:
    with small_disk(tmp_path / "state", megabytes=12) as disk:
        library = Library(tmp_path, state=disk)
        assets = [library.add(f"{n}.jpg") for n in range(400)]
        before, rows = snapshot(library.folder), library.rows()
        made = plan.make([group_of("g", assets)])
        library.engine.dispose()
        ballast = fill(disk)
        os.truncate(ballast, ballast.stat().st_size - room)
        with pytest.raises(DiskFull, match="is full"):
            library.apply(made, chunk=20)
        ballast.unlink()
        recovery.recover(library.engine, library.state)
        gone = len(before) - len(snapshot(library.folder))
        assert len(library.trashed()) == gone == len(library.missing())
        if gone:
            (report,) = library.undo()
            assert (report.done, report.failed) == (gone, ())
        assert (snapshot(library.folder), library.rows()) == (before, rows)


def test_a_full_volume_stops_the_act_and_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "pictures", megabytes=1) as disk:
        library = Library(tmp_path, folder=disk)
        made = plan.make([group_of("g", [library.add(f"{n}.jpg") for n in range(5)])])
        before, rows = snapshot(disk), library.rows()
        usage = os.statvfs(disk)
        # No room for one more directory entry: the trash cannot be made.
        subprocess.run(
            ["mount", "-o", f"remount,nr_inodes={usage.f_files - usage.f_ffree}", disk], check=True
        )
        with pytest.raises(DiskFull, match="A disk is full"):
            library.apply(made)
        assert (snapshot(disk), library.rows()) == (before, rows)
        (act,) = journal.acts(library.engine)
        assert (act.closed, act.done, act.failed) == (True, 0, 4)
        subprocess.run(["mount", "-o", "remount,nr_inodes=1000", disk], check=True)
        assert library.apply(made).done == 4


def test_ctrl_c_stops_after_what_is_under_way_and_the_journal_is_closed(library: Library) -> None:
    assets = [library.add(f"{n}.jpg") for n in range(9)]
    before = snapshot(library.folder)

    def interrupt(done: int, _: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.apply(plan.make([group_of("g", assets)]), chunk=2, progress=interrupt)
    (act,) = journal.acts(library.engine)
    assert (act.closed, act.planned, act.done) == (True, 8, 4)
    assert len(library.trashed()) == 4
    library.undo()
    assert snapshot(library.folder) == before


def test_nobody_else_can_look_into_the_trash(library: Library) -> None:
    report = library.apply(pair(library))
    for directory in (library.state / bins.IN_STATE, library.state / bins.IN_STATE / report.act):
        assert directory.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_gone_fails_each_of_its_items(library: Library) -> None:
    made = plan.make([group_of("g", [library.add(f"x/{n}.jpg") for n in range(3)])])
    (library.folder / "x").rename(library.folder.parent / "unplugged")
    report = library.apply(made)
    assert report.done == 0
    assert [reason for _, reason in report.failed] == [
        "its directory cannot be opened: no such file or directory; scan again"
    ] * 2


@pytest.mark.parametrize("tier", [Tier.HASH, Tier.COPY, Tier.SIMILAR])
def test_an_explicit_verb_acts_on_every_tier(library: Library, tier: Tier) -> None:
    group = group_of("g", [library.add("a.jpg"), library.add("b.jpg", b"other")], tier)
    assert library.apply(plan.make([group], verb=Verb.TRASH)).done == 1
