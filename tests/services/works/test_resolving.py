"""Jobs that carry out plans: what they do once, whatever ends them, and what they never do."""

import itertools
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.resolving import Library as Files
from tests.resolving import asset_at, group_of, snapshot

from pinakes.core.settings import ClientSettings, Settings
from pinakes.db.tables import assets
from pinakes.duplicates.resolution import journal, plan
from pinakes.duplicates.resolution.plan import Plan, Verb
from pinakes.jobs.job import Job, State
from pinakes.jobs.turn import JobStopped, Stop, Turn
from pinakes.services.opened import Library, open_library
from pinakes.services.works import kept_plans, resolving, taking_back

#: Pairs of equal files in a plan: several portions of a job.
PAIRS = 25


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    monkeypatch.setattr(resolving, "PORTION", 10)
    monkeypatch.setattr(taking_back, "PORTION", 10)
    return Files(tmp_path)


@pytest.fixture
def library(files: Files) -> Library:
    settings = Settings(state=files.state, client=ClientSettings(mode="local"))
    return open_library(settings, [str(files.folder)])


def planned(files: Files) -> Plan:
    groups = []
    for n in range(PAIRS):
        kept, goes = (files.add(f"{n:02}-{side}.jpg", b"%d" % n) for side in "ab")
        groups.append(group_of(f"g{n}", [kept, goes], keep=kept))
    return plan.make(groups, verb=Verb.TRASH)


def planned_again(files: Files) -> Plan:
    groups = []
    for n in range(PAIRS):
        kept, goes = (asset_at(str(files.folder / f"{n:02}-{side}.jpg"), str(files.folder)) for side in "ab")
        groups.append(group_of(f"g{n}", [kept, goes], keep=kept))
    return plan.make(groups, verb=Verb.TRASH)


def turn_of(name: str, kind: str = resolving.KIND, **about: object) -> Turn:
    return Turn(Job(name, kind, {"actor": "tests", **about}, State.RUNNING))


def run(library: Library, turn: Turn) -> dict[str, Any]:
    resolving.resolve_work(library)(turn)
    return turn.job.result


def keep(library: Library, made: Plan, name: str = "job") -> None:
    kept_plans.keep(library.settings.state, name, made)


def test_a_job_does_what_its_plan_says_and_names_the_act_that_undoes_it(
    files: Files, library: Library
) -> None:
    made = planned(files)
    before = set(snapshot(files.folder))
    (files.folder / "03-b.jpg").write_bytes(b"changed since")
    keep(library, made)
    result = run(library, turn := turn_of("job"))
    assert (turn.job.done, turn.job.failed, turn.job.total) == (PAIRS, 1, PAIRS)
    assert result["resolved"] == PAIRS - 1
    ((act,), (refused,)) = result["acts"], result["refused"]
    assert refused["path"].endswith("03-b.jpg")
    assert "changed since it was scanned" in refused["detail"]
    assert journal.act_of(library.engine, act).detail["job"] == "job"
    files.undo(act)
    assert set(snapshot(files.folder)) == before


def test_a_job_that_is_stopped_goes_on_where_it_was(files: Files, library: Library) -> None:
    keep(library, planned(files))
    turn = turn_of("job")
    advance = turn.advance

    def paused(phase: str, done: int, total: int | None = None, *, failed: int = 0) -> None:
        if done >= 10:
            turn.stop(Stop.PAUSED)
        advance(phase, done, total, failed=failed)

    turn.advance = paused  # type: ignore[method-assign]
    with pytest.raises(JobStopped):
        run(library, turn)
    assert turn.job.result["resolved"] == 10
    (first,) = turn.job.result["acts"]
    assert journal.act_of(library.engine, first).closed

    taken_back = files.undo(first, only={first: [1]})
    assert taken_back[0].done == 1
    result = run(library, turn_of("job"))
    assert (len(result["acts"]), result["resolved"]) == (2, PAIRS)
    assert len(files.trashed()) == PAIRS - 1, "what a person took back was done again"


def killed_at_rename(library: Library, files: Files, at: int) -> None:
    """Have another process run the job, and die at that one of its renames of pictures."""
    library.engine.dispose()
    child = os.fork()
    if child == 0:
        renames = itertools.count(1)

        def die(event: str, _: object) -> None:
            if event == "os.rename" and next(renames) == at:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(die)
        run(open_library(library.settings, [str(files.folder)]), turn_of("job"))
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("at", [1, 7, 10, 11, 24])
def test_a_killed_job_loses_nothing_and_does_nothing_twice(files: Files, library: Library, at: int) -> None:
    keep(library, planned(files))
    whole = snapshot(files.folder)
    killed_at_rename(library, files, at)

    result = run(library, turn_of("job"))
    assert result["resolved"] == PAIRS
    assert result["refused"] == []
    assert len(files.trashed()) == PAIRS
    files.undo(*result["acts"])
    assert snapshot(files.folder) == whole


@pytest.mark.parametrize("at", [None, 1, 2, 14])
def test_pictures_that_a_person_chose_go_by_a_job_that_a_kill_does_not_break(
    files: Files, library: Library, at: int | None
) -> None:
    for n in range(PAIRS):
        files.add(f"{n:02}.jpg", b"%d" % n)
    with library.reading() as connection:
        ids = list(connection.scalars(select(assets.c.id)))
    (files.folder / "03.jpg").write_bytes(b"changed since")
    whole = snapshot(files.folder)
    kept_plans.ask(library.settings.state, "job", {"assets": [*ids, 999_999]})
    if at is not None:
        killed_at_rename(library, files, at)

    result = run(library, turn_of("job"))
    assert (result["resolved"], result["refused"]) == (PAIRS - 1, [])
    assert len(files.trashed()) == PAIRS - 1
    left = kept_plans.get(library.settings.state, "job").left
    assert [Path(item.path).name for item in left] == ["picture 999999", "03.jpg"]
    files.undo(*result["acts"])
    assert snapshot(files.folder) == whole


def test_undoing_and_emptying_are_jobs_that_can_be_begun_again(files: Files, library: Library) -> None:
    keep(library, planned(files))
    acts = run(library, turn_of("job"))["acts"]
    undo = turn_of("u", taking_back.UNDO, **taking_back.asked_of_undo(acts, "tests"))
    assert taking_back.undo_work(library)(undo) == {"undone": PAIRS, "refused": []}
    assert taking_back.undo_work(library)(undo)["undone"] == PAIRS
    assert files.trashed() == []

    keep(library, planned_again(files), "second")
    before = time.time()
    run(library, turn_of("second"))
    for moment, deleted in ((before, 0), (time.time(), PAIRS)):
        asked = taking_back.asked_of_emptying(moment, None, "tests")
        said = taking_back.emptying_work(library)(turn_of("e", taking_back.EMPTY, **asked))
        assert said["deleted"] == deleted
    assert files.trashed() == []
    assert len(snapshot(files.folder)) == PAIRS
