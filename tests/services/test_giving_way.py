import os
import sys
import threading

import pytest

from pinakes.services.giving_way import NICER, start_giving_way

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="niceness of one thread is Linux's"
)


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_threads_started_so_give_way_and_the_caller_does_not() -> None:
    before, seen = niceness(), []

    def work() -> None:
        seen.append(niceness())

    def start() -> None:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    start_giving_way(start)
    assert seen == [min(19, before + NICER)]
    assert niceness() == before


def test_what_goes_wrong_at_the_start_is_heard() -> None:
    def start() -> None:
        raise ValueError("no such model")

    with pytest.raises(ValueError, match="no such model"):
        start_giving_way(start)
