"""How long until a library of a million can be looked at, and does it stay smooth to its last picture?

A made-up library (one month holds a tenth of it) and a review of a hundred thousand groups, straight in
the tables; thumbnails are 300 small JPEGs in memory. The application answers the pages' questions, one by
one. Then Chromium opens the library, turns the wheel, slowly and in a rush, drags the line of time through
all months, goes to the last picture and back to the first; opens the review and turns the wheel in it. Tasks
are those of the page's main thread in the browser's own trace, frames those that the page was given. The
floor is the same wheel on an empty page in the same run.

Run: python -m benchmarks.web_pages [--pictures 1000000] [--groups 100000] [--seconds 5] [--built FOLDER]
     The pages must be built (make pages). The library stays in build/bench/web: 1.5 GB, minutes to make.

Caveats: no graphics card: Chromium paints on the same cores on which the application answers. Files of the
database are in the page cache. The pictures are no photos, and thumbnails come from memory.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from playwright.sync_api import Browser, sync_playwright
from tools import browser as chromium

from benchmarks.web.library import CROWDED, REVIEW, make
from benchmarks.web.scrolling import RUSH, TURN, Numbers, floor, opened
from benchmarks.web.server import served
from pinakes.services.pages.routes import BUILT

#: Where libraries are.
FOLDER = Path(__file__).resolve().parents[1] / "build" / "bench" / "web"

#: Times each question is asked; the median counts.
ASKED = 7

#: Name of the line of time in the pages.
TIMELINE = "Date"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print two tables, and one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--groups", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=5, help="time of each act")
    parser.add_argument("--built", type=Path, default=BUILT, help="where the built pages are")
    given = parser.parse_args(arguments)
    found = chromium.find()
    if found is None or not (given.built / "index.html").is_file():
        print("Not measured: it needs Chromium (make browser) and built pages (make pages).")
        return
    state = FOLDER / f"{given.pictures}-{given.groups}"
    make(state, FOLDER / "photos", given.pictures, given.groups)
    with served(state, FOLDER / "photos", given.built) as url:
        asked = questions(url)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=list(chromium.FLAGS))
            acts = {"empty page, wheel": floor(browser, given.seconds), **_acts(browser, url, given.seconds)}
            browser.close()
    _show(given.pictures, given.groups, asked, acts)
    told = {"pictures": given.pictures, "groups": given.groups, "asked_ms": asked, "acts": acts}
    print(json.dumps({"benchmark": "web_pages", **told, "cores": os.cpu_count()}))


def questions(url: str) -> dict[str, float]:
    """Milliseconds until each question of the pages is answered, the median of some."""
    with httpx.Client(base_url=f"{url}/api/v1", timeout=60, trust_env=False) as client:
        crowd = next(
            month["count"] for month in client.get("/timeline").json()["months"] if month["month"] == CROWDED
        )
        page = f"/timeline/{CROWDED}?limit=200&offset="
        paths = {
            "months": "/timeline",
            "months of a folder": f"/timeline?folder={FOLDER}/photos/albums",
            "page 1 of the large month": f"{page}0",
            "its middle": f"{page}{crowd // 2}",
            "its last page": f"{page}{crowd - 200}",
            "a page of a folder": f"{page}{crowd // 10}&folder={FOLDER}/photos/albums",
            "the review": f"/reviews/{REVIEW}",
            "its tiers": f"/reviews/{REVIEW}/tiers",
            "its first groups": f"/reviews/{REVIEW}/groups?limit=50",
        }
        return {name: _asked(client, path) for name, path in paths.items()}


def _asked(client: httpx.Client, path: str) -> float:
    times = []
    for _ in range(ASKED):
        began = time.perf_counter()
        client.get(path).raise_for_status()
        times.append(time.perf_counter() - began)
    return round(statistics.median(times) * 1000, 1)


def _acts(browser: Browser, url: str, seconds: float) -> dict[str, Numbers]:
    """What was seen of each act."""
    first, last = _ends(url)
    window, opening = opened(browser, f"{url}/library", seconds)
    found = {
        "library, opened": opening,
        "wheel": window.wheel(TURN),
        "wheel in a rush": window.wheel(RUSH),
        "line of time dragged": window.drag(TIMELINE),
    }
    window.page.locator("[role=grid] [tabindex='0']").first.focus()
    found["End, to the last picture"] = window.press("End", last)
    found["Home, to the first"] = window.press("Home", first)
    window.page.context.close()
    window, opening = opened(browser, f"{url}/duplicates/{REVIEW}", seconds)
    found |= {"review, opened": opening, "wheel in the review": window.wheel(TURN)}
    found["group after group by key"] = window.keys("j")
    window.page.context.close()
    return found


def _ends(url: str) -> tuple[str, str]:
    """SHA-256 of the first and of the last picture of the library."""
    with httpx.Client(base_url=f"{url}/api/v1", timeout=60, trust_env=False) as client:
        months = client.get("/timeline").json()["months"]
        begin, end = months[0], months[-1]
        first = client.get(f"/timeline/{begin['month']}", params={"limit": 1}).json()
        last = client.get(f"/timeline/{end['month']}", params={"limit": 1, "offset": end["count"] - 1}).json()
        return str(first["sha256"][0]), str(last["sha256"][0])


def _show(pictures: int, groups: int, asked: dict[str, float], acts: dict[str, Numbers]) -> None:
    print(f"\n{pictures:,} pictures, {groups:,} groups; answers of the application, median ms\n")
    print("| question | ms |\n| --- | --- |")
    for name, spent in asked.items():
        print(f"| {name} | {spent} |")
    titles = {
        "frame_p50_ms": "frame p50, ms",
        "frame_p95_ms": "p95",
        "frames_late": "over 50 ms",
        "frames": "frames",
        "task_longest_ms": "longest task, ms",
        "tasks_over_50_ms": "over 50 ms",
        "task_most_cpu_ms": "most of a core, ms",
    }
    print(f"\n| act | {' | '.join(titles.values())} | |")
    print("| --- " * (len(titles) + 2) + "|")
    for name, numbers in acts.items():
        rest = ", ".join(f"{key} {value}" for key, value in numbers.items() if key not in titles)
        print(f"| {name} | {' | '.join(str(numbers[column]) for column in titles)} | {rest} |")


if __name__ == "__main__":
    main()
