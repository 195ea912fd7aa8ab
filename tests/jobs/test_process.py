import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from tests.waiting import until

from pinakes.db.tables import jobs as rows
from pinakes.jobs import process, table
from pinakes.jobs.job import State
from pinakes.jobs.process import is_dead, name_of_this
from pinakes.jobs.steering import Steering
from pinakes.jobs.table import JobTable

#: Takes a job up and dies with it, as a process does that is killed.
_DIES = """
import os, sys
from pathlib import Path
from pinakes.db.session import open_database
from pinakes.jobs.steering import Steering
from pinakes.jobs.table import JobTable
JobTable(open_database(Path(sys.argv[1]))).claim(["scan"])
os.kill(os.getpid(), 9)
"""


def killed_with_a_job(state: Path) -> None:
    assert subprocess.run([sys.executable, "-c", _DIES, str(state)], check=False).returncode == -9


def test_this_process_lives_and_one_that_ended_is_known_to_be_dead() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    mine = name_of_this()
    theirs = mine.replace(f"/{mine.split('/')[1]}/", f"/{gone.pid}/")
    assert not is_dead(mine, time.time())
    assert is_dead(theirs, time.time())
    assert is_dead(None, None)


def test_a_process_of_another_machine_is_dead_when_it_is_silent() -> None:
    assert not is_dead("elsewhere/1/abc", time.time() - process.SILENT_SECONDS + 5)
    assert is_dead("elsewhere/1/abc", time.time() - process.SILENT_SECONDS - 1)


def test_the_job_of_a_killed_process_is_taken_up_again_at_once(engine: Engine, tmp_path: Path) -> None:
    own = JobTable(engine)
    job = own.add("scan", {})
    killed_with_a_job(tmp_path / "state")
    assert own.get(job.id).state is State.RUNNING
    assert own.claim(["scan"]) is None
    own.revive()
    taken = own.claim(["scan"])
    assert taken is not None
    assert (taken.id, taken.runs) == (job.id, 2)
    own.revive()
    assert JobTable(engine).claim(["scan"]) is None


@pytest.mark.parametrize(("verb", "state"), [("pause", State.PAUSED), ("cancel", State.CANCELLED)])
def test_what_was_wanted_of_it_before_the_kill_still_is(
    engine: Engine, tmp_path: Path, verb: str, state: State
) -> None:
    own = JobTable(engine)
    job = own.add("scan", {})
    killed_with_a_job(tmp_path / "state")
    getattr(Steering(engine), verb)(job.id)
    own.revive()
    assert own.get(job.id).state is state


def test_a_job_that_kills_every_process_is_given_up_until_it_is_retried(
    engine: Engine, tmp_path: Path
) -> None:
    own = JobTable(engine)
    job = own.add("scan", {})
    for _ in range(table.MOST_DEATHS):
        assert own.get(job.id).state is State.QUEUED
        killed_with_a_job(tmp_path / "state")
        own.revive()
    given_up = own.get(job.id)
    assert given_up.state is State.FAILED
    assert given_up.error is not None
    assert given_up.error["code"] == "process-died"
    assert Steering(engine).retry(job.id).state is State.QUEUED


def test_who_was_thought_dead_and_lives_writes_nothing_more(engine: Engine) -> None:
    first, second = JobTable(engine), JobTable(engine)
    first.add("scan", {})
    job = first.claim(["scan"])
    assert job is not None
    with engine.begin() as connection:
        connection.execute(update(rows).values(alive_at=time.time() - 1000, owner="elsewhere/1/x"))
    second.revive()
    taken = until(lambda: second.claim(["scan"]))
    assert first.beat([job]) == {job.id: None}
    assert first.end(job, State.SUCCEEDED) is None
    assert second.beat([taken]) == {job.id: State.RUNNING}
