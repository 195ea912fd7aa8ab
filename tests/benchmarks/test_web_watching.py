"""What the benchmark of pages says of a browser's trace is what the trace has."""

from typing import Any

from benchmarks.web.watching import Watched, tasks_of


def thread(pid: int, tid: int, name: str) -> dict[str, Any]:
    return {"ph": "M", "name": "thread_name", "pid": pid, "tid": tid, "args": {"name": name}}


def task(pid: int, tid: int, ms: float) -> dict[str, Any]:
    return {"ph": "X", "name": "ThreadControllerImpl::RunTask", "pid": pid, "tid": tid, "dur": ms * 1000}


def test_tasks_are_those_of_the_main_thread_that_had_the_most_to_do() -> None:
    events = [
        thread(1, 1, "CrRendererMain"),
        thread(2, 1, "CrRendererMain"),
        thread(2, 2, "Compositor"),
        *(task(1, 1, 1) for _ in range(9)),
        task(2, 1, 30),
        task(2, 1, 4),
        task(2, 2, 500),
        {"ph": "X", "name": "Receive mojo message", "pid": 2, "tid": 1, "dur": 9e6},
    ]
    assert [found["dur"] for found in tasks_of({"traceEvents": events})] == [30_000, 4_000]


def test_late_frames_and_long_tasks_are_counted() -> None:
    frames = [0.0, 16.0, 32.0, 132.0, 148.0]
    told = Watched(frames, tasks=[3.0, 51.0, 49.0], busy=[2.0, 30.0, 40.0]).summary()
    assert told["frames"] == 4 and told["frames_late"] == 1 and told["frame_p50_ms"] == 16
    assert told["task_longest_ms"] == 51 and told["tasks_over_50_ms"] == 1 and told["task_most_cpu_ms"] == 40


def test_nothing_seen_is_no_error() -> None:
    assert Watched().summary()["frames"] == 0
