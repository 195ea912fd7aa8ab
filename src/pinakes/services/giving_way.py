"""Threads that give way: work that fills every processor must not keep the event loop from answering."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

#: How much nicer than the event loop the threads are that decode and infer (0 to 19). On two cores kept busy
#: by sixteen clients /health takes 3 ms in the median and 12 at the 95th percentile, not 8 and 23; with other
#: programs on the same cores, 4 in the median and not 15 or more. The throughput is the same.
NICER = 5


def start_giving_way(start: Callable[[], object]) -> None:
    """Call `start` in a thread that gives way to this one; the threads that it starts inherit that.

    Niceness belongs to a thread on Linux alone (setpriority(2)); elsewhere `start` is only called. Raises
    what `start` raises.
    """
    if not sys.platform.startswith("linux"):
        start()
        return
    with ThreadPoolExecutor(1, thread_name_prefix="pinakes-start", initializer=_give_way) as pool:
        pool.submit(start).result()


def _give_way() -> None:
    own = threading.get_native_id()
    os.setpriority(os.PRIO_PROCESS, own, os.getpriority(os.PRIO_PROCESS, own) + NICER)
