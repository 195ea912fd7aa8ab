"""Jobs as rows: every change of state is one transaction, so that two processes never run one job."""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, or_, select, tuple_, update

from pinakes.db.tables import jobs
from pinakes.jobs.job import Job, State
from pinakes.jobs.process import is_dead, name_of_this
from pinakes.jobs.rows import BLANK, FINAL, NEW, changed, job_of, refuse_too_many, row_of

#: Jobs that ended and are remembered.
MOST_REMEMBERED = 1000

#: Processes that may die with a job before it is given up, and how soon after they took it up, seconds.
MOST_DEATHS, SOON_SECONDS = 3, 300.0

#: The state of a job that stops where it is, by what was wanted of it last.
_AS_WANTED = {
    State.RUNNING.value: State.QUEUED,
    State.PAUSED.value: State.PAUSED,
    State.CANCELLED.value: State.CANCELLED,
}
_GIVEN_UP = {
    "code": "process-died",
    "detail": f"The process that ran this died {MOST_DEATHS} times, each soon after it took it up.",
    "remedy": "See the service's log for what kills it, then retry the job.",
}


class JobTable:
    """The rows of one library's jobs, as this process writes them.

    Args:
        engine: the library.
        owner: name under which this process runs jobs.
    """

    def __init__(self, engine: Engine, owner: str | None = None) -> None:
        self._engine = engine
        self._reading = engine.execution_options(readonly=True)
        self.owner = owner or name_of_this()

    def add(self, kind: str, about: dict[str, Any], name: str | None = None, *, once: bool = False) -> Job:
        """Queue a job.

        One of the same kind and name that has not ended is returned in its stead, and one that has is begun
        anew. With `once`, one of the same kind that was asked the same and has not begun, or was paused,
        goes on in its stead.

        Raises:
            Overloaded: too many jobs wait.
        """
        with self._engine.begin() as connection:
            same = self._same(connection, kind, about, name, once=once)
            if same is not None and (State(same["state"]) in (State.QUEUED, State.RUNNING)):
                return job_of(same)
            refuse_too_many(connection)
            if same is not None:
                values = {"state": State.QUEUED.value, **NEW}
                if same["state"] != State.PAUSED.value:
                    values |= {**BLANK, "about": about, "result": {}, "runs": 0, "created_at": time.time()}
                    values |= {"started_at": None, "finished_at": None}
                return changed(connection, same["id"], values)
            row: dict[str, Any] = {
                "id": name or secrets.token_hex(8),
                "kind": kind,
                "about": about,
                "state": State.QUEUED.value,
            }
            row |= {**NEW, **BLANK, "result": {}, "created_at": time.time(), "runs": 0}
            connection.execute(insert(jobs).values(row))
            _forget(connection)
            return job_of(row_of(connection, row["id"]))

    def get(self, name: str) -> Job:
        """The job of that name.

        Raises:
            NotFound: there is none, or it ended long ago.
        """
        with self._reading.connect() as connection:
            return job_of(row_of(connection, name))

    def page(
        self,
        *,
        limit: int,
        kinds: Collection[str] = (),
        states: Collection[State] = (),
        before: tuple[float, str] | None = None,
    ) -> list[Job]:
        """Jobs, newest first; of some kinds and states, or all; `before` is (created_at, id) of one."""
        query = select(jobs).order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit)
        if kinds:
            query = query.where(jobs.c.kind.in_(kinds))
        if states:
            query = query.where(jobs.c.state.in_([state.value for state in states]))
        if before is not None:
            query = query.where(tuple_(jobs.c.created_at, jobs.c.id) < before)
        with self._reading.connect() as connection:
            return [job_of(row) for row in connection.execute(query).mappings()]

    def claim(self, kinds: Collection[str], only: str | None = None) -> Job | None:
        """Take up the job that has waited longest, or `only` that one; None where none waits."""
        waits = (jobs.c.state == State.QUEUED.value, jobs.c.kind.in_(kinds))
        query = select(jobs).where(*waits).order_by(jobs.c.created_at).limit(1)
        if only is not None:
            query = query.where(jobs.c.id == only)
        with self._reading.connect() as connection:
            if connection.execute(query).first() is None:  # no lock is taken to see that nothing waits
                return None
        with self._engine.begin() as connection:
            row = connection.execute(query).mappings().first()
            if row is None:
                return None
            now = time.time()
            values = {"state": State.RUNNING.value, "owner": self.owner, "alive_at": now, "started_at": now}
            values |= {**BLANK, "result": {}, "finished_at": None, "runs": row["runs"] + 1}
            return changed(connection, row["id"], values)

    def beat(self, running: Iterable[Job]) -> dict[str, State | None]:
        """Write how far the jobs of this process are; what is wanted of each, None for one that was lost."""
        wanted: dict[str, State | None] = {}
        with self._engine.begin() as connection:
            for job in running:
                mine = (jobs.c.id == job.id, jobs.c.owner == self.owner)
                statement = update(jobs).where(*mine).values(**_progress(job), alive_at=time.time())
                found = connection.scalar(statement.returning(jobs.c.wanted))
                wanted[job.id] = None if found is None else State(found)
        return wanted

    def end(self, job: Job, state: State) -> Job | None:
        """Write how a job of this process ended, or that it waits again; None where another has it."""
        with self._engine.begin() as connection:
            mine = (jobs.c.id == job.id, jobs.c.owner == self.owner)
            row = connection.execute(select(jobs.c.wanted, jobs.c.started_at).where(*mine)).mappings().first()
            if row is None:
                return None
            if state not in (State.SUCCEEDED, State.FAILED):
                state = _AS_WANTED[row["wanted"]]  # somebody may have thought better of it
            now = time.time()
            values = {**_progress(job), "state": state.value, "error": job.error, "result": job.result}
            values |= {"owner": None, "alive_at": None, "waiting_for": None, "deaths": 0}
            if state.final:
                values |= {"finished_at": now, "rate": job.done / max(now - (row["started_at"] or now), 1e-3)}
            return changed(connection, job.id, values)

    def revive(self) -> None:
        """Queue again the jobs of processes that died, but not those that seem to be why."""
        query = select(jobs).where(jobs.c.state == State.RUNNING.value)
        with self._reading.connect() as connection:
            rows = connection.execute(query).mappings().all()
        if any(is_dead(row["owner"], row["alive_at"]) for row in rows):
            with self._engine.begin() as connection:
                for row in connection.execute(query).mappings().all():
                    if row["owner"] != self.owner and is_dead(row["owner"], row["alive_at"]):
                        changed(connection, row["id"], _revived(row))

    def _same(
        self, connection: Connection, kind: str, about: dict[str, Any], name: str | None, *, once: bool
    ) -> RowMapping | None:
        if name is not None:
            return connection.execute(select(jobs).where(jobs.c.id == name)).mappings().first()
        if not once:
            return None
        stands = or_(jobs.c.state == State.QUEUED.value, jobs.c.state == State.PAUSED.value)
        rows = connection.execute(select(jobs).where(stands, jobs.c.kind == kind)).mappings()
        return next((row for row in rows if row["about"] == about), None)


def _progress(job: Job) -> dict[str, Any]:
    names = ("phase", "waiting_for", "done", "failed", "total", "rate", "result")
    return {name: getattr(job, name) for name in names}


def _revived(row: RowMapping) -> dict[str, Any]:
    soon = (row["alive_at"] or 0.0) - (row["started_at"] or 0.0) < SOON_SECONDS
    deaths = row["deaths"] + 1 if soon else 1
    free = {"owner": None, "alive_at": None, "waiting_for": None, "deaths": deaths}
    if deaths >= MOST_DEATHS:
        return {**free, "state": State.FAILED.value, "error": _GIVEN_UP, "finished_at": time.time()}
    state = _AS_WANTED[row["wanted"]]
    return {**free, "state": state.value} | ({"finished_at": time.time()} if state.final else {})


def _forget(connection: Connection) -> None:
    ended = select(jobs.c.id).where(jobs.c.state.in_(FINAL)).order_by(jobs.c.created_at.desc())
    old = connection.scalars(ended.offset(MOST_REMEMBERED)).all()
    if old:
        connection.execute(delete(jobs).where(jobs.c.id.in_(old)))
