"""What a person wants of a job: at once where nobody runs it, else its owner reads it within a second."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any

from sqlalchemy import Engine

from pinakes.core.errors import WrongState
from pinakes.jobs.job import Job, State
from pinakes.jobs.rows import FINAL, NEW, changed, job_of, refuse_too_many, row_of


class Steering:
    """Has the jobs of a library stop and go on, whichever process runs them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def cancel(self, name: str) -> Job:
        """Have a job end: at once where it does not run, else soon; one that has ended stays as it is."""
        return self._want(name, State.CANCELLED, over=(State.QUEUED, State.PAUSED))

    def pause(self, name: str) -> Job:
        """Have a job stop until it is resumed.

        Raises:
            WrongState: it has ended.
        """
        return self._want(name, State.PAUSED, over=(State.QUEUED,), never=FINAL)

    def resume(self, name: str) -> Job:
        """Have a job that was paused, cancelled or failed go on.

        Raises:
            WrongState: it has succeeded.
            Overloaded: too many jobs wait.
        """
        stopped = (State.PAUSED, State.CANCELLED, State.FAILED)
        return self._want(name, State.RUNNING, over=stopped, never=[State.SUCCEEDED.value])

    def retry(self, name: str) -> Job:
        """Have a job that has ended run again, and try again what was refused in it.

        Raises:
            WrongState: it has not ended.
            Overloaded: too many jobs wait.
        """
        unfinished = [state.value for state in State if not state.final]
        ended = tuple(state for state in State if state.final)
        return self._want(name, State.RUNNING, over=ended, never=unfinished, again=True)

    def _want(
        self,
        name: str,
        wanted: State,
        *,
        over: tuple[State, ...],
        never: Collection[str] = (),
        again: bool = False,
    ) -> Job:
        with self._engine.begin() as connection:
            row = row_of(connection, name)
            if row["state"] in never:
                verb = "retried" if again else {"paused": "paused", "running": "resumed"}[wanted.value]
                raise WrongState(f"The job {name} is {row['state']} and cannot be {verb}.")
            values: dict[str, Any] = {"wanted": wanted.value}
            if row["state"] in over:
                if wanted is State.RUNNING:
                    refuse_too_many(connection)
                    values |= {"state": State.QUEUED.value, **NEW, "finished_at": None}
                else:
                    values |= {"state": wanted.value}
                    values |= {"finished_at": time.time()} if wanted.final else {}
            elif State(row["state"]).final:
                return job_of(row)
            if again:
                values["about"] = {**row["about"], "again": True}
            return changed(connection, name, values)
