"""Watching within a service: what changes becomes a job, limited to where it changed."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.pictures import picture
from tests.waiting import PATIENCE, until

from pinakes.core.errors import InvalidRequest, PinakesError
from pinakes.core.settings import Settings, WatchSettings
from pinakes.ingest.source import Walk
from pinakes.ingest.watching import watcher
from pinakes.jobs.runner import Jobs, Kind
from pinakes.jobs.turn import Turn
from pinakes.services.opened import Library, open_library
from pinakes.services.works.watching import Ingestions, Watching, chosen_before, keep_chosen


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.setattr(watcher, "LOOK_SECONDS", 0.1)
    picture(tmp_path / "photos" / "trip" / "1.jpg", 1)
    settings = Settings(state=tmp_path / "state", watch=WatchSettings(notify="always", settle_seconds=0.3))
    opened = open_library(settings, [str(tmp_path / "photos")])
    yield opened
    opened.close()


@pytest.fixture
def asked() -> list[dict[str, Any]]:
    """What the jobs of a test were about."""
    return []


@pytest.fixture
def jobs(library: Library, asked: list[dict[str, Any]]) -> Iterator[Jobs]:
    def work(turn: Turn) -> dict[str, Any]:
        asked.append(turn.about)
        if turn.about["folders"] == ["/broken"]:
            raise PinakesError("It does not work.")
        return {}

    jobs = Jobs(library.engine, {"ingest": Kind(work)})
    jobs.start()
    yield jobs
    jobs.close(5)


def test_folders_are_ingested_at_the_start_and_then_what_changes(
    library: Library, jobs: Jobs, asked: list[dict[str, Any]], tmp_path: Path
) -> None:
    watching = Watching(library, jobs)
    watching.start(every=True)
    try:
        until(lambda: asked)
        assert asked[0]["only"] == asked[0]["folders"] == [str(tmp_path / "photos")]
        picture(tmp_path / "photos" / "trip" / "2.jpg", 2)
        until(lambda: len(asked) > 1)
        assert asked[1]["folders"] == [str(tmp_path / "photos")]
        assert asked[1]["only"] == [str(tmp_path / "photos" / "trip")]
        assert 0 < asked[1]["rest_seconds"] < library.settings.watch.settle_seconds
    finally:
        watching.close(5)


def test_what_is_chosen_is_watched_also_after_a_restart_until_it_is_not(
    library: Library, jobs: Jobs, asked: list[dict[str, Any]]
) -> None:
    (root,) = library.roots
    first = Watching(library, jobs)
    first.start()
    assert first.manner_in(root) is None
    first.choose(root, watched=True)
    until(lambda: asked)
    first.close(5)

    second = Watching(library, jobs)
    second.start()
    try:
        until(lambda: (second.manner_in(f"{root}/trip") or {}).get("manner") == "notified")
        second.choose(root, watched=False)
        assert second.manner_in(root) is None
    finally:
        second.close(5)
    assert chosen_before(library.engine) == frozenset()


def test_only_roots_are_chosen(library: Library, jobs: Jobs) -> None:
    watching = Watching(library, jobs)
    with pytest.raises(InvalidRequest, match="started with"):
        watching.choose(f"{library.roots[0]}/trip", watched=True)


def test_a_root_that_is_gone_is_not_watched_again(
    library: Library, jobs: Jobs, asked: list[dict[str, Any]]
) -> None:
    keep_chosen(library.engine, frozenset({"/elsewhere"}))
    watching = Watching(library, jobs)
    watching.start()
    watching.close(5)
    assert watching.manner_in("/elsewhere") is None and asked == []


def test_a_job_that_failed_is_said_to_the_watcher(jobs: Jobs) -> None:
    with pytest.raises(PinakesError, match="does not work"):
        Ingestions(jobs, threading.Event())(Walk(("/broken",)))


def test_stopping_does_not_wait_for_a_job(library: Library) -> None:
    idle = Jobs(library.engine, {})
    stop = threading.Event()
    thread = threading.Thread(target=Ingestions(idle, stop), args=(Walk(("/fine",)),))
    thread.start()
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
