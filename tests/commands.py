"""Running `pinakes` as a person does: in a process of its own, or here where only the output matters."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import structlog
import typer
from tests.waiting import PATIENCE, until

from pinakes.cli import failing
from pinakes.cli.commands import register


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    status: int
    stdout: bytes
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


def here(capture: pytest.CaptureFixture[bytes], *arguments: str | int | Path) -> Ended:
    """Run a command in this process."""
    app = typer.Typer(pretty_exceptions_enable=False)
    register(app)
    # A service of this process may still tell of its last request: by default on standard output.
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    capture.readouterr()
    try:
        with pytest.raises(SystemExit) as ended:
            failing.exit_with(lambda: app([str(argument) for argument in arguments]))
    finally:
        read = capture.readouterr()
        structlog.reset_defaults()
    status = ended.value.code
    return Ended(status if isinstance(status, int) else 0, read.out, read.err.decode())


class Started:
    """A command that runs in a process of its own; what it says is collected."""

    def __init__(self, process: subprocess.Popen[str], out: Path, err: Path) -> None:
        self.process, self._out, self._err = process, out, err

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def stdout(self) -> str:
        return self._out.read_text()

    @property
    def stderr(self) -> str:
        return self._err.read_text()

    def says(self, pattern: str) -> re.Match[str]:
        """Wait for a line; a command that ends without it is waited for no longer."""

        def found() -> re.Match[str] | None:
            ended = self.process.poll() is not None
            said = re.search(pattern, self.stdout + self.stderr, re.MULTILINE)
            assert said or not ended, f"it ended without {pattern}:\n{self.stderr}"
            return said

        return cast(re.Match[str], until(found, lambda: f"{pattern}, after\n{self.stderr}"))

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self) -> int:
        return self.process.wait(PATIENCE)


@contextmanager
def started(place: Path, *arguments: str | Path, **options: Any) -> Iterator[Started]:
    """Start a command; whatever is left of it and its children is ended with the block."""
    out, err = place / "out.txt", place / "err.txt"
    environment = {**os.environ, **options.pop("environment", {})}
    with out.open("w") as stdout, err.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "pinakes", *map(str, arguments)],
            stdout=stdout,
            stderr=stderr,
            env=environment,
            text=True,
            **options,
        )
    below = []
    try:
        yield Started(process, out, err)
        below = descendants(process.pid)
    finally:
        below = below or descendants(process.pid)
        for pid in (process.pid, *below):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait(PATIENCE)
        if process.stdin is not None:
            process.stdin.close()


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be noticed does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def descendants(pid: int) -> list[int]:
    """Processes that a process started, and those that they started."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = status.read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def command_of(pid: int) -> str:
    """Command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
