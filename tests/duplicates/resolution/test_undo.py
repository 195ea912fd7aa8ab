"""Taking acts back: everything as it was, in any order, and honest about what cannot be."""

import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from tests.pictures import picture
from tests.resolving import Library, group_of, many_verbs, snapshot
from tests.scanning import scan
from tests.small_disk import fill, small_disk

from pinakes.core.errors import DiskFull, InvalidRequest, NotFound
from pinakes.core.types import Tier
from pinakes.db.session import open_database
from pinakes.db.tables import assets, contents
from pinakes.duplicates.resolution import journal, plan, recovery, resolve, trash, undo
from pinakes.duplicates.resolution.plan import Verb
from pinakes.duplicates.scope import load_assets
from pinakes.ingest.report import ScanReport


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def removed(library: Library, name: str = "b.jpg", verb: Verb = Verb.TRASH) -> str:
    """Let one of two equal files go; returns the act."""
    kept = library.add(f"kept/{name}", name.encode())
    goes = library.add(name, name.encode())
    return library.apply(plan.make([group_of(name, [kept, goes], keep=kept)], verb=verb)).act


def test_undo_brings_back_files_rows_and_verdicts(library: Library) -> None:
    made = many_verbs(library, 2)
    first = Path(made.items[0].asset.path)
    first.chmod(0o640)
    os.setxattr(first, "user.note", b"remember")
    os.utime(first, ns=(1, first.stat().st_mtime_ns))
    before, rows = snapshot(library.folder), library.rows()
    done = library.apply(made)
    assert done.failed == ()
    assert snapshot(library.folder) != before
    (report,) = library.undo()
    assert (report.act, report.done, report.failed, report.bytes) == (done.act, done.done, (), done.bytes)
    assert (snapshot(library.folder), library.rows()) == (before, rows)
    assert library.trashed() == []
    assert list((library.state / "trash").iterdir()) == []


def test_undo_works_after_a_restart(library: Library) -> None:
    kept, goes = library.add("a.jpg"), library.add("b.jpg")
    before = snapshot(library.folder)
    library.apply(plan.make([group_of("g", [kept, goes])]))
    library.engine.dispose()
    again = open_database(library.state)
    assert undo.undo(again, library.state, actor="tests")[0].done == 1
    assert snapshot(library.folder) == before


def test_the_last_act_goes_first_and_each_only_once(library: Library) -> None:
    acts = [removed(library, f"{n}.jpg") for n in range(3)]
    assert [library.undo()[0].act for _ in acts] == acts[::-1]
    with pytest.raises(NotFound, match="nothing to undo"):
        library.undo()
    (again,) = library.undo(acts[0])
    assert (again.done, again.failed) == (0, ())


def test_acts_are_undone_in_any_order(library: Library) -> None:
    acts = [removed(library, f"{n}.jpg") for n in range(4)]
    before = snapshot(library.folder)
    library.undo(acts[1])
    assert library.missing() == {"0.jpg", "2.jpg", "3.jpg"}
    reports = library.undo(acts[0], acts[3], acts[2])
    assert [report.act for report in reports] == [acts[3], acts[2], acts[0]]
    assert library.missing() == set()
    assert len(snapshot(library.folder)) == len(before) + 4


def test_an_occupied_place_is_left_alone_and_can_be_tried_again(library: Library) -> None:
    act = removed(library)
    other = library.folder / "b.jpg"
    other.write_bytes(b"something else")
    (report,) = library.undo()
    ((path, reason),) = report.failed
    assert (report.done, path) == (0, str(other))
    assert "occupied by another file; move that away and undo again" in reason
    assert other.read_bytes() == b"something else"
    assert len(library.trashed()) == 1
    assert journal.act_of(library.engine, act).standing == 1
    other.unlink()
    assert library.undo()[0].done == 1
    assert other.read_bytes() == b"b.jpg"


@pytest.mark.parametrize("verb", [Verb.HARDLINK, Verb.SYMLINK])
def test_a_link_is_only_removed_while_it_is_still_that_link(library: Library, verb: Verb) -> None:
    removed(library, verb=verb)
    place = library.folder / "b.jpg"
    place.unlink()
    if verb is Verb.SYMLINK:
        place.symlink_to("elsewhere.jpg")
    else:
        place.write_bytes(b"edited")
    before = snapshot(library.folder)
    (report,) = library.undo()
    assert "occupied" in report.failed[0][1]
    assert snapshot(library.folder) == before


def test_a_hardlink_that_is_the_last_name_of_what_was_kept_is_not_removed(library: Library) -> None:
    removed(library, verb=Verb.HARDLINK)
    (library.folder / "kept" / "b.jpg").unlink()
    (report,) = library.undo()
    assert "occupied" in report.failed[0][1]
    assert (library.folder / "b.jpg").read_bytes() == b"b.jpg"


def test_a_link_whose_kept_file_moved_on_is_still_undone(library: Library) -> None:
    removed(library, verb=Verb.HARDLINK)
    (library.folder / "kept" / "b.jpg").rename(library.folder / "moved.jpg")
    assert library.undo()[0].done == 1
    assert not (library.folder / "b.jpg").samefile(library.folder / "moved.jpg")


def test_folders_that_were_removed_since_are_made_again(library: Library) -> None:
    removed(library, "deep/er/b.jpg")
    shutil.rmtree(library.folder / "deep")
    assert library.undo()[0].done == 1
    assert (library.folder / "deep/er/b.jpg").exists()


def test_a_library_whose_volume_is_away_is_not_made_anew(library: Library) -> None:
    removed(library)
    library.folder.rename(library.folder.with_name("unplugged"))
    assert "attach its volume" in library.undo()[0].failed[0][1]
    assert not library.folder.exists()
    library.folder.with_name("unplugged").rename(library.folder)
    assert library.undo()[0].done == 1


def test_no_file_is_put_back_through_a_link_out_of_the_library(library: Library, tmp_path: Path) -> None:
    removed(library, "deep/er/b.jpg")
    shutil.rmtree(library.folder / "deep")
    (tmp_path / "outside").mkdir()
    (library.folder / "deep").symlink_to(tmp_path / "outside")
    assert "a link leads out of its folder" in library.undo()[0].failed[0][1]
    assert list((tmp_path / "outside").iterdir()) == []
    assert len(library.trashed()) == 1


def test_what_is_gone_from_the_trash_says_so_and_what_came_back_by_hand_is_fine(library: Library) -> None:
    removed(library)
    (held,) = map(Path, library.trashed())
    aside = held.rename(library.state / "aside")
    assert "not in the trash any more" in library.undo()[0].failed[0][1]
    aside.rename(library.folder / "b.jpg")
    assert library.undo()[0].done == 1
    assert library.missing() == set()


def test_a_file_that_changed_in_the_trash_comes_back_to_be_read_again(library: Library) -> None:
    removed(library)
    (held,) = map(Path, library.trashed())
    held.write_bytes(b"touched")
    assert library.undo()[0].done == 1
    assert (library.folder / "b.jpg").read_bytes() == b"touched"
    (row,) = [row for row in library.rows() if row.path.endswith("/pictures/b.jpg")]
    assert (row.missing, row.bytes) == (False, len(b"b.jpg"))


def test_a_file_whose_place_another_was_refused_in_belongs_to_its_directory_again(tmp_path: Path) -> None:
    photos, state = tmp_path / "photos", tmp_path / "state"
    for name in ("a.jpg", "b.jpg"):
        picture(photos / name, seed=1)
    scan(state, photos)
    engine = open_database(state)
    with engine.connect() as connection:
        (directory,) = set(connection.scalars(select(assets.c.directory)))
        (sha256,) = set(connection.scalars(select(assets.c.sha256)))
    made = plan.make([group_of("g", load_assets(engine, (str(photos),), [sha256])[sha256])])
    resolve.apply(engine, state, made, actor="tests")
    gone = Path(made.items[0].asset.path)
    gone.write_bytes(b"no picture")
    scan(state, photos)
    gone.unlink()
    undo.undo(engine, state, actor="tests")
    with engine.connect() as connection:
        assert set(connection.scalars(select(assets.c.directory))) == {directory}


def test_what_was_emptied_is_said_to_be(library: Library) -> None:
    act = removed(library)
    trash.empty(library.engine, library.state, actor="tests")
    with pytest.raises(NotFound):
        library.undo()
    (report,) = library.undo(act)
    assert report.done == 0
    assert report.failed == ((str(library.folder / "b.jpg"), undo.EMPTIED),)


def test_an_undo_cannot_be_undone_and_an_unknown_act_is_refused(library: Library) -> None:
    removed(library)
    library.undo()
    undoing = journal.acts(library.engine)[0]
    with pytest.raises(InvalidRequest, match="itself an undo"):
        library.undo(undoing.id)
    with pytest.raises(NotFound, match="knows no act 'none'"):
        library.undo("none")


def test_a_file_met_by_a_scan_as_a_link_is_a_picture_again(library: Library) -> None:
    removed(library, verb=Verb.SYMLINK)
    with library.engine.begin() as connection:
        link = {"outcome": "skipped", "reason": "link", "sha256": None, "missing": False}
        path = str(library.folder / "b.jpg")
        connection.execute(update(assets).where(assets.c.path == path).values(**link))
    library.undo()
    (row,) = [row for row in library.rows() if row.path == path]
    assert (row.outcome, row.missing) == ("stored", False)
    assert row.sha256 is not None


def test_progress_counts_what_there_is_to_do(library: Library) -> None:
    library.apply(plan.make([group_of("g", [library.add(f"{n}.jpg") for n in range(6)])]))
    told: list[tuple[int, int]] = []
    library.undo(chunk=2, progress=lambda *now: told.append(now))
    assert told == [(2, 5), (4, 5), (5, 5)]


@pytest.mark.parametrize("room", [0, 40_000, 200_000])
def test_a_full_disk_in_an_undo_loses_nothing(tmp_path: Path, room: int) -> None:
    with small_disk(tmp_path / "state", megabytes=12) as disk:
        library = Library(tmp_path, state=disk)
        members = [library.add(f"{n}.jpg") for n in range(300)]
        before, rows = snapshot(library.folder), library.rows()
        library.apply(plan.make([group_of("g", members)]))
        library.engine.dispose()
        ballast = fill(disk)
        os.truncate(ballast, ballast.stat().st_size - room)
        with pytest.raises(DiskFull):
            library.undo(chunk=20)
        ballast.unlink()
        recovery.recover(library.engine, library.state)
        assert len(snapshot(library.folder)) + len(library.trashed()) == len(before)
        assert len(library.missing()) == len(library.trashed())
        (report,) = library.undo()
        assert report.failed == ()
        assert (snapshot(library.folder), library.rows()) == (before, rows)


@pytest.mark.parametrize("verb", [Verb.DISTINCT, Verb.STACK, Verb.KEEP])
def test_a_verdict_is_taken_back_alone(library: Library, verb: Verb) -> None:
    def said(name: str) -> str:
        members = [library.add(f"{name}{n}.jpg", f"{name}{n}".encode()) for n in range(3)]
        return library.apply(plan.make([group_of(name, members, Tier.COPY)], verb=verb)).act

    acts = {name: said(name) for name in "xy"}
    library.undo(acts["x"])
    rows = {row.act for row in library.rows() if hasattr(row, "act")}
    assert rows == {acts["y"]}


def test_a_rescan_after_an_act_and_after_its_undo_reads_no_picture_again(tmp_path: Path) -> None:
    folder, state = tmp_path / "pictures", tmp_path / "state"
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        picture(folder / name)
    scan(state, folder)
    engine = open_database(state)
    (copies,) = load_assets(engine, [str(folder)], contents_below(engine)).values()
    made = plan.make([group_of("g", copies)])
    resolve.apply(engine, state, made, actor="tests")
    assert changed(scan(state, folder)) == {"unchanged": 1}
    undo.undo(engine, state, actor="tests")
    assert changed(scan(state, folder)) == {"unchanged": 3}
    engine.dispose()


def changed(report: ScanReport) -> dict[str, int]:
    return {name: count for name, count in report.changes.items() if count}


def contents_below(engine: Engine) -> list[str]:
    with engine.begin() as connection:
        return list(connection.scalars(select(contents.c.sha256)))


def test_a_library_that_lies_in_its_own_folder_hides_its_trash_from_scans(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    library = Library(tmp_path, folder=folder, state=folder / "state")
    library.apply(plan.make([group_of("g", [library.add("a.jpg"), library.add("b.jpg")])]))
    assert [Path(path).parts[-3] for path in library.trashed()] == [".pinakes-trash"]
    assert library.undo()[0].done == 1
