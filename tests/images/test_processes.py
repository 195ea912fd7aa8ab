"""Decoding processes: whatever a decoder does, the job goes on and says what happened."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path

import pytest
from tests import misbehaving
from tests.waiting import PATIENCE

from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal
from pinakes.images.processes import Workers


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(1, ImageLimits(seconds=4.0, worker_memory=2**30)) as opened:
        assert opened.run(misbehaving.echo, "ready") == "ready"
        yield opened


def test_work_runs_in_another_process(workers: Workers) -> None:
    assert workers.run(misbehaving.process_id) != os.getpid()


@pytest.mark.parametrize("death", [misbehaving.abort, misbehaving.killed])
def test_a_decoder_that_dies_is_a_refusal_and_the_next_file_is_done(workers: Workers, death: object) -> None:
    refused = workers.run(death)  # type: ignore[arg-type]
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.DECODER_DIED
    assert workers.run(misbehaving.echo, 7) == 7


def test_a_decoder_that_never_ends_is_stopped() -> None:
    with Workers(1, ImageLimits(seconds=1.0)) as short:
        began = time.monotonic()
        for work in (misbehaving.sleep, misbehaving.spin):
            refused = short.run(work, 60.0)
            assert isinstance(refused, Refusal)
            assert refused.reason is Reason.TOO_SLOW
            assert "PINAKES_IMAGES__SECONDS" in refused.detail
        assert time.monotonic() - began < 30


def test_memory_is_bounded(workers: Workers) -> None:
    refused = workers.run(misbehaving.exhaust)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.TOO_MANY_PIXELS
    assert workers.run(misbehaving.echo, 8) == 8


def test_results_come_in_order_also_around_a_death(workers: Workers) -> None:
    jobs = [(number,) for number in range(12)]
    assert list(workers.map(misbehaving.echo, jobs)) == list(range(12))


def test_processes_are_deaf_to_ctrl_c_from_birth_and_so_are_those_that_replace_them() -> None:
    with Workers(1, ImageLimits()) as opened:
        for _ in range(2):
            blocked = opened.run(signal.pthread_sigmask, signal.SIG_BLOCK, ())
            assert not isinstance(blocked, Refusal)
            assert signal.SIGINT in blocked
            opened.run(misbehaving.killed)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_many_threads_may_ask_at_once(workers: Workers) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: workers.run(misbehaving.echo, number), range(40)))
    assert answers == list(range(40))


def test_what_c_libraries_print_is_not_shown(
    workers: Workers, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    workers.run(misbehaving.complain, str(tmp_path / "said"))
    assert (tmp_path / "said").read_text() == "done"
    assert "corrupt data" not in capfd.readouterr().err


def test_whoever_waits_when_it_is_stopped_is_let_go() -> None:
    stopped = Workers(1, ImageLimits())
    with ThreadPoolExecutor(4) as threads:
        waiting = [threads.submit(stopped.run, misbehaving.sleep, 60.0) for _ in range(4)]
        time.sleep(1)
        stopped.stop()
        for future in waiting:
            with pytest.raises(CancelledError):
                future.result(PATIENCE)


def test_a_process_killed_between_two_files_costs_neither() -> None:
    with Workers(1, ImageLimits()) as workers:
        for number in range(6):
            process = workers.run(misbehaving.process_id)
            assert isinstance(process, int)
            os.kill(process, signal.SIGKILL)
            assert workers.run(misbehaving.echo, number) == number
