"""What a browser says of itself while something is done: its own trace, and the frames it showed."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page

#: Kinds of events in the trace: tasks of every thread.
CATEGORIES = ("toplevel", "__metadata")

#: Notes the moments of frames, and when the first thumbnail was shown; runs before anything of the page.
SCRIPT = """
window.watched = { frames: [], thumbnail: null };
document.addEventListener("load", (event) => {
  if (window.watched.thumbnail === null && event.target.src?.includes("/thumbnail"))
    window.watched.thumbnail = performance.now();
}, true);
const tick = (now) => { window.watched.frames.push(now); requestAnimationFrame(tick); };
requestAnimationFrame(tick);
"""

#: A frame that came later than this after the one before was seen to be late, milliseconds.
LATE = 50


@dataclass
class Watched:
    """What was seen, milliseconds: moments of frames, lengths of tasks, and their time of a core."""

    frames: list[float] = field(default_factory=list)
    tasks: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, float]:
        """Times between frames, the middle one and that which one in twenty exceeds; the longest tasks."""
        gaps = sorted(after - before for before, after in zip(self.frames, self.frames[1:], strict=False))
        tasks = sorted(self.tasks)
        return {
            "frame_p50_ms": round(statistics.median(gaps), 1) if gaps else 0.0,
            "frame_p95_ms": round(gaps[int(len(gaps) * 0.95)], 1) if gaps else 0.0,
            "frames_late": sum(gap > LATE for gap in gaps),
            "frames": len(gaps),
            "task_longest_ms": round(tasks[-1], 1) if tasks else 0.0,
            "tasks_over_50_ms": sum(task > LATE for task in tasks),
            "task_most_cpu_ms": round(max(self.busy, default=0.0), 1),
        }


@contextmanager
def watching(browser: Browser, page: Page) -> Iterator[Watched]:
    """Watch what is done within; the value is filled when it ends."""
    watched = Watched()
    browser.start_tracing(page=page, categories=list(CATEGORIES))
    page.evaluate("if (window.watched) window.watched.frames.length = 0")
    try:
        yield watched
        watched.frames = page.evaluate("window.watched.frames.slice()")
    finally:
        tasks = tasks_of(json.loads(browser.stop_tracing()))
        watched.tasks = [task["dur"] / 1000 for task in tasks]
        watched.busy = [task.get("tdur", 0) / 1000 for task in tasks]


def tasks_of(trace: dict[str, Any]) -> list[dict[str, Any]]:
    """Tasks of the main thread that had the most to do, which is that of the page."""
    events = trace["traceEvents"]
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks: dict[tuple[int, int], list[dict[str, Any]]] = {main: [] for main in mains}
    for event in events:
        thread = (event["pid"], event["tid"])
        if thread in tasks and event["ph"] == "X" and event["name"] == "ThreadControllerImpl::RunTask":
            tasks[thread].append(event)
    return max(tasks.values(), key=lambda each: sum(task["dur"] for task in each), default=[])
