"""A library for jobs, and work that a test lets go on."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.waiting import PATIENCE

from pinakes.db.session import open_database
from pinakes.jobs.turn import Turn


class Gate:
    """Work that says when it runs, and goes on when it is let."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Semaphore(0), threading.Event()
        self.turns: list[Turn] = []

    def __call__(self, turn: Turn) -> dict[str, Any]:
        self.turns.append(turn)
        self.entered.release()
        while not self.open.wait(0.01):
            turn.advance("waiting", 1, 2)
        turn.check()
        return {"answer": 42}

    def wait(self) -> None:
        assert self.entered.acquire(timeout=PATIENCE)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(tmp_path / "state")
    yield opened
    opened.dispose()


@pytest.fixture
def gate() -> Gate:
    return Gate()
