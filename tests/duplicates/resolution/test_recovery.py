"""Killed anywhere, in an act or its undo, nothing is lost or doubled, and the journal tells the truth."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import update
from tests.resolving import Library, check_truth, group_of, snapshot

from pinakes.db.tables import assets
from pinakes.duplicates.resolution import bins, files, journal, plan, recovery, removal, trash
from pinakes.duplicates.resolution.files import Directories
from pinakes.duplicates.resolution.journal import Event
from pinakes.duplicates.resolution.operation import open_operation
from pinakes.duplicates.resolution.plan import Verb
from pinakes.duplicates.resolution.resolve import _Applying


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: being killed does not wait for a disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.mark.parametrize(("by", "rounds"), [("lines", 20), ("moments", 16)])
def test_killed_between_any_two_steps_nothing_is_lost(
    quick: Path, repository: Path, by: str, rounds: int
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.resolving", quick, str(rounds), by],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    kills = json.loads(ended.stdout)
    # Lines are counted out beforehand; a moment may fall after the end where the machine is busy.
    assert kills["apply"] + kills["undo"] >= {"lines": 20, "moments": 5}[by]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def begun(library: Library, verb: Verb) -> removal.Removal:
    """Write the intent of letting one of two equal files go, as before a kill; nothing is moved."""
    kept, goes = library.add("a.jpg"), library.add("b.jpg")
    made = plan.make([group_of("g", [kept, goes], keep=kept)], verb=verb)
    with library.engine.begin() as connection:
        operation = open_operation(connection, journal.RESOLVE, "tests", {"items": 1})
        bin_ = bins.Bin(library.state, operation.id)
        item = _Applying(library.engine, library.state, operation)._begun(made.items[0], bin_)
        operation.write(connection, [(item, Event.PLANNED, item.detail)])
    told = removal.journalled(item)
    bin_.prepare(told.trash, told.folder)
    return told


def settled(library: Library) -> journal.Item:
    assert recovery.recover(library.engine, library.state) == 1
    (act,) = journal.acts(library.engine)
    assert act.closed
    check_truth(library, [act.id])
    with library.engine.begin() as connection:
        return journal.items_of(connection, act.id, 1, 1)[0]


VERBS = [Verb.TRASH, Verb.HARDLINK, Verb.SYMLINK]


@pytest.mark.parametrize("verb", VERBS)
def test_killed_before_the_move(library: Library, verb: Verb) -> None:
    begun(library, verb)
    before, rows = snapshot(library.folder), library.rows()
    assert settled(library).event == Event.FAILED
    assert (snapshot(library.folder), library.rows()) == (before, rows)


@pytest.mark.parametrize("verb", VERBS)
def test_killed_after_the_move(library: Library, verb: Verb) -> None:
    told = begun(library, verb)
    before, rows = snapshot(library.folder), library.rows()
    Path(told.path).rename(library.state / told.trash)
    assert settled(library).event == Event.DONE
    assert os.path.lexists(told.path) == (verb is not Verb.TRASH)
    library.undo()
    assert (snapshot(library.folder), library.rows()) == (before, rows)


@pytest.mark.parametrize("verb", VERBS)
def test_killed_while_the_file_had_both_names(library: Library, verb: Verb) -> None:
    told = begun(library, verb)
    before = snapshot(library.folder)
    os.link(told.path, library.state / told.trash)
    assert settled(library).event == Event.FAILED
    assert snapshot(library.folder) == before
    assert library.trashed() == []


@pytest.mark.parametrize("verb", [Verb.HARDLINK, Verb.SYMLINK])
def test_killed_after_the_move_and_the_kept_file_is_gone(library: Library, verb: Verb) -> None:
    told = begun(library, verb)
    Path(told.path).rename(library.state / told.trash)
    Path(told.kept_path).unlink()
    assert settled(library).event == Event.FAILED
    assert Path(told.path).read_bytes() == b"picture"


def test_killed_after_the_move_and_another_file_took_the_place(library: Library) -> None:
    told = begun(library, Verb.HARDLINK)
    Path(told.path).rename(library.state / told.trash)
    Path(told.path).write_bytes(b"another")
    assert recovery.recover(library.engine, library.state) == 1
    (line,) = [line for line in journal.lines(library.engine) if line.item and line.event == Event.DONE]
    assert "another file took its place" in line.detail["reason"]
    assert Path(told.path).read_bytes() == b"another"
    Path(told.path).unlink()
    assert library.undo()[0].done == 1


def test_what_cannot_be_looked_at_is_undone_once_it_can_be(library: Library) -> None:
    begun(library, Verb.TRASH)
    before, rows = snapshot(library.folder), library.rows()
    library.folder.rename(library.folder.with_name("unplugged"))
    assert recovery.recover(library.engine, library.state) == 1
    (line,) = [line for line in journal.lines(library.engine) if line.item and line.event == Event.DONE]
    assert "could not be looked at" in line.detail["reason"]
    library.folder.with_name("unplugged").rename(library.folder)
    assert library.undo()[0].done == 1
    assert (snapshot(library.folder), library.rows()) == (before, rows)


def test_killed_while_emptying(library: Library) -> None:
    library.apply(plan.make([group_of("g", [library.add("a.jpg"), library.add("b.jpg")])]))
    (act,) = journal.acts(library.engine)
    with library.engine.begin() as connection:
        (item,) = journal.items_of(connection, act.id, 1, 1)
        operation = open_operation(connection, journal.EMPTY, "tests", {"acts": [act.id]})
        operation.write(connection, [(item, Event.EMPTYING, {})])
    assert recovery.recover(library.engine, library.state) == 1
    assert library.trashed() == []
    assert journal.act_of(library.engine, act.id).emptied == 1


def test_emptying_keeps_what_may_be_the_last_copy(library: Library) -> None:
    kept, goes = library.add("a.jpg"), library.add("b.jpg", b"alike")
    library.apply(plan.make([group_of("g", [kept, goes], keep=kept)], verb=Verb.TRASH))
    Path(kept.path).unlink()
    with library.engine.begin() as connection:
        connection.execute(update(assets).values(missing=True))
    report = trash.empty(library.engine, library.state, actor="tests")
    assert report.done == 0
    assert "is gone; undo the act" in report.failed[0][1]
    assert len(library.trashed()) == 1
    assert library.undo()[0].done == 1


def test_emptying_leaves_what_is_recent_and_says_how_much_it_freed(library: Library) -> None:
    kept, goes = library.add("a.jpg"), library.add("b.jpg")
    library.apply(plan.make([group_of("g", [kept, goes])]))
    recent = trash.empty(library.engine, library.state, actor="tests", before=time.time() - 3600)
    assert (recent.done, recent.act) == (0, "")
    told: list[int] = []
    report = trash.empty(library.engine, library.state, actor="tests", progress=told.append)
    assert (report.done, report.bytes, report.failed, told) == (1, 7, (), [1])
    assert library.trashed() == []


def test_emptying_leaves_alone_what_somebody_else_put_there(library: Library) -> None:
    library.apply(plan.make([group_of("g", [library.add("a.jpg"), library.add("b.jpg")])]))
    (held,) = map(Path, library.trashed())
    held.write_bytes(b"somebody else's")
    report = trash.empty(library.engine, library.state, actor="tests")
    assert "another file" in report.failed[0][1]
    assert held.read_bytes() == b"somebody else's"


@pytest.mark.parametrize("kernel", [True, False], ids=["renameat2", "link and unlink"])
def test_a_move_never_replaces_anything(
    tmp_path: Path, kernel: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not kernel:
        monkeypatch.setattr(files, "_renameat2", lambda: None)
    (tmp_path / "from").write_bytes(b"mine")
    (tmp_path / "to").write_bytes(b"theirs")
    with Directories() as directories:
        source = directories.place(str(tmp_path / "from"), str(tmp_path))
        taken = directories.place(str(tmp_path / "to"), str(tmp_path))
        with pytest.raises(FileExistsError):
            files.move(source, taken)
        assert (tmp_path / "to").read_bytes() == b"theirs"
        files.move(source, directories.place(str(tmp_path / "free"), str(tmp_path)))
    assert not (tmp_path / "from").exists()
    assert (tmp_path / "free").read_bytes() == b"mine"


def test_directories_are_held_in_bounded_number(tmp_path: Path) -> None:
    before = sum(1 for _ in Path("/proc/self/fd").iterdir())
    with Directories() as directories:
        for n in range(3 * files.OPEN_DIRECTORIES):
            (tmp_path / str(n)).mkdir()
            place = directories.place(str(tmp_path / str(n) / "x"), str(tmp_path), lasting=n % 2 == 0)
            assert place.status() is None
        held = [link for link in Path("/proc/self/fd").iterdir() if os.path.lexists(link)]
        assert len(held) - before < files.OPEN_DIRECTORIES + 8
        directories.sync()
