"""The application over a made-up library, in a process of its own."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.web.thumbnails import Thumbnails
from pinakes.core import logging
from pinakes.core.settings import Settings
from pinakes.services.opened import open_library
from pinakes.services.pages import routes as pages
from pinakes.services.process import open_listener, run, url_of
from pinakes.services.whole import build_application

ROOT = Path(__file__).resolve().parents[2]

#: Longest time the application may take to start, and to stop, seconds.
START, STOP = 60, 20


@contextmanager
def served(state: Path, photos: Path, built: Path) -> Iterator[str]:
    """Start it, and stop it at the end; the value is its URL.

    Raises:
        SystemExit: it did not start.
    """
    command = [sys.executable, "-m", "benchmarks.web.server", str(state), str(photos), "--built", str(built)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = (process.stdout.readline() if process.stdout else "").strip()
            if not url.startswith("http"):
                raise SystemExit("The application did not start.")
            yield url
        finally:
            process.terminate()
            try:
                process.wait(STOP)
            except subprocess.TimeoutExpired:
                process.kill()


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("state", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--built", type=Path, default=pages.BUILT, help="where the built pages are")
    given = parser.parse_args()
    pages.BUILT = given.built
    with open_listener("127.0.0.1", 0) as listener:
        logging.configure(level="warning", form="text")
        library = open_library(Settings(state=given.state), [str(given.photos)])
        application = build_application(replace(library, thumbnails=Thumbnails()))
        sys.stdout.write(f"{url_of(listener)}\n")
        sys.stdout.flush()
        run(application, listener, announcement="Serving a made-up library.")


if __name__ == "__main__":
    main()
