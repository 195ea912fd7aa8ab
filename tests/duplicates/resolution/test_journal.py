"""The journal tells what happened, in lines that nobody can change."""

import os
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from tests.resolving import Library, group_of

from pinakes.core.errors import NotFound
from pinakes.core.types import Tier
from pinakes.db import tables
from pinakes.duplicates.resolution import journal, plan, recovery, trash
from pinakes.duplicates.resolution.operation import interrupted, open_operation
from pinakes.duplicates.resolution.plan import Verb


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def act(library: Library, name: str, copies: int = 2) -> str:
    assets = [library.add(f"{name}/{n}.jpg", name.encode()) for n in range(copies)]
    return library.apply(plan.make([group_of(name, assets)])).act


def told(lines: list[journal.JournalLine]) -> list[tuple[str, str, int]]:
    return [(line.event, line.verb, line.item) for line in reversed(lines)]


def test_every_line_carries_evidence_model_and_actor(library: Library) -> None:
    kept, goes = library.add("a.jpg"), library.add("b.jpg", b"other")
    made = plan.make([group_of("g", [kept, goes], Tier.COPY, keep=kept)], verb=Verb.TRASH)
    report = library.apply(made)
    planned, done = [line for line in reversed(journal.lines(library.engine)) if line.item]
    for line in (planned, done):
        assert (line.act, line.actor, line.verb, line.item) == (report.act, "tests", "trash", 1)
        assert (line.path, line.sha256) == (goes.path, goes.sha256)
        assert (line.kept_path, line.kept_sha256) == (kept.path, kept.sha256)
        assert (line.group_id, line.tier, line.score, line.model) == ("g", "copy", 0.9, "test-1")
    assert planned.detail["why"] == "Kept by the test."
    assert planned.at <= done.at


def test_intents_stand_before_outcomes_chunk_by_chunk(library: Library) -> None:
    assets = [library.add(f"{n}.jpg") for n in range(4)]
    library.apply(plan.make([group_of("g", assets)]), chunk=2)
    assert told(journal.lines(library.engine)) == [
        ("planned", "resolve", 0),
        ("planned", "trash", 1),
        ("planned", "trash", 2),
        ("done", "trash", 1),
        ("done", "trash", 2),
        ("planned", "trash", 3),
        ("done", "trash", 3),
        ("done", "resolve", 0),
    ]


def test_the_lines_of_an_undo_stand_under_the_act_and_under_the_undo(library: Library) -> None:
    first = act(library, "x")
    library.undo()
    undoing = journal.acts(library.engine)[0].id
    assert told(journal.lines(library.engine, act=first))[-3:] == [
        ("undoing", "trash", 1),
        ("undone", "trash", 1),
        ("undone", "undo", 0),
    ]
    assert told(journal.lines(library.engine, act=undoing)) == [
        ("planned", "undo", 0),
        ("undoing", "trash", 1),
        ("undone", "trash", 1),
        ("undone", "undo", 0),
        ("done", "undo", 0),
    ]


def test_lines_come_in_pages_newest_first(library: Library) -> None:
    act(library, "x", copies=5)
    whole = journal.lines(library.engine)
    assert [line.line for line in whole] == sorted((line.line for line in whole), reverse=True)
    pages = []
    before = None
    while page := journal.lines(library.engine, limit=3, before=before):
        pages += page
        before = page[-1].line
    assert pages == whole


def test_acts_sum_up_what_was_done_undone_and_emptied(library: Library) -> None:
    first, second, third = (act(library, name, copies=4) for name in "xyz")
    library.undo(second)
    trash.empty(library.engine, library.state, actor="tests")
    found = {entry.id: entry for entry in journal.acts(library.engine)}
    sums = {key: (entry.planned, entry.done, entry.undone, entry.emptied) for key, entry in found.items()}
    assert (sums[first], sums[second], sums[third]) == ((3, 3, 0, 3), (3, 3, 3, 0), (3, 3, 0, 3))
    assert [entry.verb for entry in journal.acts(library.engine)] == [
        "empty",
        "undo",
        "resolve",
        "resolve",
        "resolve",
    ]
    assert found[first].bytes == 3
    assert {entry.standing for entry in found.values()} == {0}


def test_acts_come_in_pages_newest_first(library: Library) -> None:
    made = [act(library, f"{n}") for n in range(5)]
    newest = journal.acts(library.engine, limit=2)
    assert [entry.id for entry in newest] == made[:2:-1]
    rest = journal.acts(library.engine, before=newest[-1].id)
    assert [entry.id for entry in rest] == made[2::-1]


def test_ids_grow_also_when_the_clock_goes_back(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [act(library, "a")]
    with monkeypatch.context() as patched:
        patched.setattr("pinakes.duplicates.resolution.operation.time.time", lambda: 1000.0)
        made += [act(library, name) for name in "bc"]
    made.append(act(library, "d"))
    assert made == sorted(made)
    assert len(set(made)) == 4


def test_failures_are_told_with_their_reason(library: Library) -> None:
    kept, goes = library.add("a.jpg"), library.add("b.jpg")
    made = plan.make([group_of("g", [kept, goes], keep=kept)])
    Path(goes.path).unlink()
    library.apply(made)
    failed = journal.lines(library.engine)[1]
    assert (failed.event, failed.detail) == ("failed", {"reason": "it is no longer there; scan again"})
    assert journal.acts(library.engine)[0].failed == 1


def test_nothing_written_can_be_changed_or_removed(library: Library) -> None:
    act(library, "x")
    for statement in (update(tables.journal).values(actor="another"), delete(tables.journal)):
        with pytest.raises(DBAPIError, match="append-only"), library.engine.begin() as connection:
            connection.execute(statement)


def test_an_act_that_is_not_there_is_refused(library: Library) -> None:
    with pytest.raises(NotFound, match="knows no act 'x'"):
        journal.act_of(library.engine, "x")
    with pytest.raises(NotFound):
        journal.lines(library.engine, act="x")


def test_a_clean_journal_is_recognised_by_its_last_line(library: Library) -> None:
    assert recovery.recover(library.engine, library.state) == 0
    act(library, "x")
    with library.engine.begin() as connection:
        assert interrupted(connection) is None
        operation = open_operation(connection, journal.RESOLVE, "tests", {"items": 1})
        found = interrupted(connection)
    assert found is not None
    assert found[0].id == operation.id
    assert recovery.recover(library.engine, library.state) == 0
    assert journal.acts(library.engine)[0].closed


def test_strange_paths_are_told_exactly(library: Library) -> None:
    name = os.fsdecode(b"\xff\n.jpg")
    kept, goes = library.add("a.jpg"), library.add(name)
    library.apply(plan.make([group_of("g", [kept, goes], keep=kept)]))
    assert journal.lines(library.engine)[1].path == goes.path
