import asyncio
import threading
from concurrent.futures import CancelledError

import pytest
from tests.waiting import PATIENCE

from pinakes.clients.loop import LoopThread


def test_results_and_errors_come_back_to_the_thread_that_asked() -> None:
    async def double(number: int) -> int:
        await asyncio.sleep(0)
        if number < 0:
            raise ValueError("negative")
        return 2 * number

    loop = LoopThread()
    assert not loop.started
    assert loop.run(double(4)) == 8
    with pytest.raises(ValueError, match="negative"):
        loop.run(double(-1))
    loop.close()
    assert not loop.started


def test_closing_cancels_what_still_runs() -> None:
    ended = threading.Event()

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    loop = LoopThread()
    future = loop.submit(wait())
    loop.run(asyncio.sleep(0))
    loop.close()
    assert ended.is_set()
    with pytest.raises(CancelledError):
        future.result(PATIENCE)


def test_closing_one_that_never_started_is_nothing() -> None:
    LoopThread().close()
