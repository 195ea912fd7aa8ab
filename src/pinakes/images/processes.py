"""Decoding processes: bounded in memory and time, so that no file can take the whole job down."""

from __future__ import annotations

import os
import resource
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as DecodeTimeout
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import cv2
from pebble import ProcessExpired, ProcessPool
from threadpoolctl import threadpool_limits

from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal

T = TypeVar("T")

_DIED = Refusal(
    Reason.DECODER_DIED, "The decoder died on it; it is probably damaged. Restore it from a backup."
)

#: Pools that one file may see broken before it is held to be the reason.
_POOLS = 3

#: Files after which a decoding process is replaced, against slow leaks in decoders.
_TASKS_PER_PROCESS = 5000


class Workers:
    """A pool of decoding processes; each file has its own deadline, and a process that dies is replaced."""

    def __init__(self, count: int, limits: ImageLimits) -> None:
        self._limits, self.width = limits, count
        self._unfinished: set[Any] = set()
        self._stopped = False
        self._replacing = threading.Lock()
        self._pool = self._made()

    def run(self, work: Callable[..., T], *arguments: object) -> T | Refusal:
        """Run `work(*arguments)` in a process and wait for it.

        Both must be importable and plain. A deadline missed or a process that died is returned as a
        `Refusal`; any number of threads may call at once.

        Raises:
            CancelledError: the processes were stopped meanwhile.
        """
        return self._outcome(work, arguments, *self._schedule(work, arguments))

    def map(self, work: Callable[..., T], jobs: Sequence[tuple[object, ...]]) -> Iterator[T | Refusal]:
        """Run `work` on each job's arguments, some at a time, and yield what came of them in order."""
        waiting: deque[tuple[tuple[object, ...], ProcessPool, Any]] = deque()
        for arguments in jobs:
            waiting.append((arguments, *self._schedule(work, arguments)))
            if len(waiting) > 4 * self.width:
                yield self._outcome(work, *waiting.popleft())
        while waiting:
            yield self._outcome(work, *waiting.popleft())

    def stop(self) -> None:
        """End the processes at once, whatever they do; whoever waits for them gets `CancelledError`."""
        self._stopped = True
        _stop(self._pool)
        # The pool forgets what it had not finished; a thread that waits for it would wait for ever.
        for future in tuple(self._unfinished):
            future.cancel()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _made(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self.width,
            max_tasks=_TASKS_PER_PROCESS,
            context=get_context("spawn"),
            initializer=_bound,
            initargs=(self._limits.worker_memory,),
        )

    def _schedule(self, work: Callable[..., T], arguments: tuple[object, ...]) -> tuple[ProcessPool, Any]:
        pool = self._pool
        try:
            with _deaf_to_ctrl_c():
                future = pool.schedule(work, args=list(arguments), timeout=self._limits.seconds)
        except RuntimeError as error:  # what pebble raises of a pool that is broken or stopped
            return pool, _failed(error)
        self._unfinished.add(future)
        future.add_done_callback(self._unfinished.discard)
        if self._stopped:
            future.cancel()  # type: ignore[no-untyped-call]  # pebble annotates all but this
        return pool, future

    def _outcome(
        self, work: Callable[..., T], arguments: tuple[object, ...], pool: ProcessPool, future: Any
    ) -> T | Refusal:
        # A process killed between two files breaks the whole pool; the file at hand is not at fault.
        for _ in range(_POOLS):
            try:
                result: T | Refusal = self._awaited(future)
            except RuntimeError as error:
                if self._stopped:
                    raise CancelledError from error
                self._replace(pool)
                pool, future = self._schedule(work, arguments)
            else:
                return result
        return _DIED

    def _replace(self, broken: ProcessPool) -> None:
        with self._replacing:
            if self._pool is broken:
                _stop(broken)
                self._pool = self._made()

    def _awaited(self, future: Any) -> Any:
        try:
            return future.result()
        except DecodeTimeout:
            return Refusal(
                Reason.TOO_SLOW,
                f"Decoding it took more than {self._limits.seconds:g} s. "
                "Raise PINAKES_IMAGES__SECONDS to give it longer.",
            )
        except ProcessExpired:
            return _DIED
        except MemoryError:
            return Refusal(
                Reason.TOO_MANY_PIXELS,
                "Decoding it takes more memory than one picture may use. "
                "Raise PINAKES_IMAGES__WORKER_MEMORY to accept it.",
            )


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Have processes that are started inside, or later by threads that are, never hear of Ctrl-C.

    The terminal sends it to the whole group, and only the parent decides what it means. A process that
    turned deaf by itself would do so too late: what it imports first takes most of a second.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble annotates all but this
    pool.join()


def _failed(error: Exception) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(error)
    return future


def _address_space() -> int:
    # Libraries and their threads reserve more than a gigabyte that they never touch.
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def _bound(memory: int) -> None:
    allowed = _address_space() + memory
    resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # One process per core is all the parallelism there is room for; more threads only wait for one another.
    cv2.setNumThreads(1)
    threadpool_limits(1)
    # C libraries complain of broken files on standard error; the refusal says it better.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
