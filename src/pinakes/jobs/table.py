"""Jobs as rows: every change of state is one transaction, so that two processes never run one job."""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection, Iterable
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, func, insert, or_, select, tuple_, update

from pinakes.core.errors import NotFound, Overloaded, WrongState
from pinakes.db.tables import jobs
from pinakes.jobs.job import Job, State
from pinakes.jobs.process import is_dead, name_of_this

#: Jobs that may wait for their turn.
MOST_WAITING = 64

#: Jobs that ended and are remembered.
MOST_REMEMBERED = 1000

#: What a caller is told to wait when too many jobs wait, seconds.
RETRY_SECONDS = 10.0

#: Processes that may die with a job before it is given up, and how soon after they took it up, seconds.
MOST_DEATHS, SOON_SECONDS = 3, 300.0

_FINAL = [state.value for state in State if state.final]
_NEW: dict[str, Any] = {
    "wanted": State.RUNNING.value,
    "owner": None,
    "alive_at": None,
    "deaths": 0,
    "error": None,
}
_BLANK: dict[str, Any] = {
    "phase": "",
    "waiting_for": None,
    "done": 0,
    "failed": 0,
    "total": None,
    "rate": 0.0,
}
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
                return _job(same)
            _refuse_too_many(connection)
            if same is not None:
                values = {"state": State.QUEUED.value, **_NEW}
                if same["state"] != State.PAUSED.value:
                    values |= {**_BLANK, "about": about, "result": {}, "runs": 0, "created_at": time.time()}
                    values |= {"started_at": None, "finished_at": None}
                return self._set(connection, same["id"], values)
            row: dict[str, Any] = {
                "id": name or secrets.token_hex(8),
                "kind": kind,
                "about": about,
                "state": State.QUEUED.value,
            }
            row |= {**_NEW, **_BLANK, "result": {}, "created_at": time.time(), "runs": 0}
            connection.execute(insert(jobs).values(row))
            _forget(connection)
            return _job(self._row(connection, row["id"]))

    def get(self, name: str) -> Job:
        """The job of that name.

        Raises:
            NotFound: there is none, or it ended long ago.
        """
        with self._reading.connect() as connection:
            return _job(self._row(connection, name))

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
            return [_job(row) for row in connection.execute(query).mappings()]

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
            values |= {**_BLANK, "result": {}, "finished_at": None, "runs": row["runs"] + 1}
            return self._set(connection, row["id"], values)

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
            return self._set(connection, job.id, values)

    def revive(self) -> None:
        """Queue again the jobs of processes that died, but not those that seem to be why."""
        query = select(jobs).where(jobs.c.state == State.RUNNING.value)
        with self._reading.connect() as connection:
            rows = connection.execute(query).mappings().all()
        if any(is_dead(row["owner"], row["alive_at"]) for row in rows):
            with self._engine.begin() as connection:
                for row in connection.execute(query).mappings().all():
                    if row["owner"] != self.owner and is_dead(row["owner"], row["alive_at"]):
                        self._set(connection, row["id"], _revived(row))

    def cancel(self, name: str) -> Job:
        """Have a job end: at once where it does not run, else soon; one that has ended stays as it is."""
        return self._want(name, State.CANCELLED, over=(State.QUEUED, State.PAUSED))

    def pause(self, name: str) -> Job:
        """Have a job stop until it is resumed.

        Raises:
            WrongState: it has ended.
        """
        return self._want(name, State.PAUSED, over=(State.QUEUED,), never=_FINAL)

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
            row = self._row(connection, name)
            if row["state"] in never:
                verb = "retried" if again else {"paused": "paused", "running": "resumed"}[wanted.value]
                raise WrongState(f"The job {name} is {row['state']} and cannot be {verb}.")
            values: dict[str, Any] = {"wanted": wanted.value}
            if row["state"] in over:
                if wanted is State.RUNNING:
                    _refuse_too_many(connection)
                    values |= {"state": State.QUEUED.value, **_NEW, "finished_at": None}
                else:
                    values |= {"state": wanted.value}
                    values |= {"finished_at": time.time()} if wanted.final else {}
            elif State(row["state"]).final:
                return _job(row)
            if again:
                values["about"] = {**row["about"], "again": True}
            return self._set(connection, name, values)

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

    def _row(self, connection: Connection, name: str) -> RowMapping:
        row = connection.execute(select(jobs).where(jobs.c.id == name)).mappings().first()
        if row is None:
            raise NotFound(f"There is no job {ascii(name)[1:-1]!r}.", remedy="GET /api/v1/jobs lists them.")
        return row

    def _set(self, connection: Connection, name: str, values: dict[str, Any]) -> Job:
        connection.execute(update(jobs).where(jobs.c.id == name).values(**values))
        return _job(self._row(connection, name))


def _job(row: RowMapping) -> Job:
    values = {field.name: row[field.name] for field in fields(Job)}
    return Job(**{**values, "state": State(row["state"])})


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


def _refuse_too_many(connection: Connection) -> None:
    query = select(func.count()).select_from(jobs).where(jobs.c.state == State.QUEUED.value)
    waiting = connection.scalar(query) or 0
    if waiting >= MOST_WAITING:
        raise Overloaded(
            f"{waiting} jobs wait already; no more are taken now.",
            retry_after=RETRY_SECONDS,
            remedy="Cancel one, or try again when they are done.",
        )


def _forget(connection: Connection) -> None:
    ended = select(jobs.c.id).where(jobs.c.state.in_(_FINAL)).order_by(jobs.c.created_at.desc())
    old = connection.scalars(ended.offset(MOST_REMEMBERED)).all()
    if old:
        connection.execute(delete(jobs).where(jobs.c.id.in_(old)))
