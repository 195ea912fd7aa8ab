"""Jobs that carry out plans: what they do once, whatever ends them, and what they never do."""

import itertools
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.resolving import Library as Files
from tests.resolving import asset_at, group_of, snapshot

from pinakes.core.errors import NotFound
from pinakes.core.settings import ClientSettings, Settings
from pinakes.duplicates.resolution import journal, plan
from pinakes.duplicates.resolution.plan import Plan, Verb
from pinakes.jobs.job import Job, State
from pinakes.jobs.turn import JobStopped, Stop, Turn
from pinakes.services.opened import Library, open_library
from pinakes.services.works import kept_plans, resolving, taking_back
from pinakes.services.works.kept_plans import KeptPlan

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
    return Turn(Job(name, kind, dict(about), State.RUNNING))


def run(library: Library, turn: Turn) -> dict[str, Any]:
    resolving.resolve_work(library)(turn)
    return turn.job.result


def keep(library: Library, made: Plan, name: str = "job") -> None:
    kept_plans.keep(library.settings.state, name, KeptPlan(made, "tests", time.time()))


def test_a_kept_plan_is_read_as_it_was_and_forgotten_with_its_job(files: Files, library: Library) -> None:
    kept, goes = files.add("\udcff,\n.jpg"), files.add("b.jpg")
    made = plan.make([group_of("g", [kept, goes])], verb=Verb.STACK)
    made = plan.Plan((*planned(files).items, *made.items), (), 7)
    keep(library, made)
    read = kept_plans.read(library.settings.state, "job")
    assert (read.plan, read.actor) == (made, "tests")
    kept_plans.forget_others(library.settings.state, {"another"})
    with pytest.raises(NotFound, match="not there any more"):
        kept_plans.read(library.settings.state, "job")


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


@pytest.mark.parametrize("at", [1, 7, 10, 11, 24])
def test_a_killed_job_loses_nothing_and_does_nothing_twice(files: Files, library: Library, at: int) -> None:
    keep(library, planned(files))
    whole = snapshot(files.folder)
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

    result = run(library, turn_of("job"))
    assert result["resolved"] == PAIRS
    assert result["refused"] == []
    assert len(files.trashed()) == PAIRS
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
