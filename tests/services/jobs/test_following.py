import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.jobs.conftest import Gate
from tests.waiting import until

from pinakes.core.errors import Overloaded
from pinakes.jobs import runner
from pinakes.jobs.runner import Jobs, Kind
from pinakes.services.jobs import following
from pinakes.services.jobs.following import Followers


@pytest.fixture
def jobs(engine: Engine, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    """Jobs of the kind `gate`, and of one that lists more than is told among others."""
    monkeypatch.setattr(runner, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.02)
    listed = {"scan": {"counts": {"refused": 30}, "refused": ["x"] * 30}}
    made = Jobs(engine, {"gate": Kind(gate), "lists": Kind(lambda _: listed)})
    made.start()
    yield made
    made.close(10)


async def events(stream: AsyncIterator[bytes], wanted: int) -> list[tuple[str, dict[str, Any]]]:
    """The next `wanted` events."""
    found: list[tuple[str, dict[str, Any]]] = []
    async with asyncio.timeout(20):
        while len(found) < wanted:
            lines = (await anext(stream)).decode().strip().splitlines()
            fields = dict(line.split(": ", 1) for line in lines if not line.startswith(":"))
            if fields:
                found.append((fields["event"], json.loads(fields["data"])))
    return found


def test_one_stream_tells_of_all_jobs_and_of_what_they_wait_for(jobs: Jobs, gate: Gate) -> None:
    first = jobs.submit("gate", {})
    gate.wait()
    second = jobs.submit("lists", {})

    async def followed() -> list[tuple[str, dict[str, Any]]]:
        stream = Followers(jobs).follow_all()
        ((name, begun),) = await events(stream, 1)
        assert name == "jobs"
        states = {job["id"]: (job["state"], job["behind"]) for job in begun["jobs"]}
        assert states == {first.id: ("running", None), second.id: ("queued", first.id)}
        assert first.id in next(job["waiting_for"] for job in begun["jobs"] if job["id"] == second.id)
        gate.open.set()
        told: list[tuple[str, dict[str, Any]]] = []
        while sum(name == "end" for name, _ in told) < 2:
            told += await events(stream, 1)
        return told

    ends = {job["id"]: job for name, job in asyncio.run(followed()) if name == "end"}
    assert {job["state"] for job in ends.values()} == {"succeeded"}
    assert ends[second.id]["scan"] == {"counts": {"refused": 30}}  # the list has a route of its own
    assert jobs.get(second.id).behind is None


def test_a_job_that_begins_later_is_told_of(jobs: Jobs, gate: Gate) -> None:
    async def followed() -> list[tuple[str, dict[str, Any]]]:
        stream = Followers(jobs).follow_all()
        assert await events(stream, 1) == [("jobs", {"jobs": []})]
        gate.open.set()
        jobs.submit("gate", {})
        told: list[tuple[str, dict[str, Any]]] = []
        while not told or told[-1][0] != "end":
            told += await events(stream, 1)
        return told

    assert asyncio.run(followed())[-1][1]["kind"] == "gate"


def test_a_job_that_begins_and_ends_between_two_looks_is_told_of(jobs: Jobs, gate: Gate) -> None:
    gate.open.set()
    before = jobs.submit("gate", {}).id
    until(lambda: jobs.get(before).state.final)

    async def followed() -> tuple[str, list[tuple[str, dict[str, Any]]]]:
        stream = Followers(jobs).follow_all()
        assert await events(stream, 1) == [("jobs", {"jobs": []})]
        quick = jobs.submit("gate", {}).id
        until(lambda: jobs.get(quick).state.final)  # the stream looks at nothing meanwhile
        return quick, await events(stream, 1)

    quick, [(name, told)] = asyncio.run(followed())
    assert (name, told["id"], told["state"]) == ("end", quick, "succeeded")


def test_streams_are_bounded_and_end_with_the_service(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MOST_FOLLOWERS", 1)
    followers = Followers(jobs)

    async def followed() -> None:
        stream = followers.follow_all()
        await events(stream, 1)
        with pytest.raises(Overloaded):
            followers.follow_all()
        jobs.close(10)
        async with asyncio.timeout(20):
            assert [event async for event in stream] == []
        await anext(followers.follow_all())  # the place is free again

    asyncio.run(followed())
    until(lambda: jobs.closing)


def test_a_silent_stream_says_that_it_lives(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "BEAT_SECONDS", 0.05)

    async def followed() -> list[tuple[str, dict[str, Any]]]:
        return await events(Followers(jobs).follow_all(), 3)

    assert [name for name, _ in asyncio.run(followed())] == ["jobs", "beat", "beat"]
