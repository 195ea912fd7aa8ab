"""Optimising a shard in a process of its own, since the engine stops all our threads meanwhile."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from json import dumps, loads
from pathlib import Path

from pinakes.core.errors import StateUnusable
from pinakes.core.payload import Field, Kind, Schema
from pinakes.vectors.embedded.shard import Build, Shard

#: Linux's prctl option that names the signal a process gets when its parent ends.
PR_SET_PDEATHSIG = 1

#: How much the process gives way to others.
NICENESS = 5

#: Status with which the process says that there was nothing to do.
NOTHING_TO_DO = 3


class Optimisation:
    """An optimisation under way in a process of its own; whoever starts one waits for it.

    Raises:
        StateUnusable: no process can be started.
    """

    def __init__(self, directory: Path, build: Build, schema: Schema) -> None:
        task = {"directory": str(directory), "build": asdict(build), "schema": asdict(schema)}
        self._directory = directory
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, dumps(task)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            raise self._failed(f"no process could be started: {error}") from error

    def wait(self, seconds: float) -> bool:
        """Wait for the end; False where there was nothing to do.

        Raises:
            StateUnusable: it failed, was stopped, or took longer than `seconds`, after which it is ended.
        """
        try:
            _, said = self._process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.stop()
            self._process.communicate()
            raise self._failed(f"it took longer than {seconds:g} s") from None
        if self._process.returncode in (0, NOTHING_TO_DO):
            return self._process.returncode == 0
        last = said.decode(errors="replace").strip().splitlines()[-1:]
        raise self._failed(last[0] if last else f"its process ended with {self._process.returncode}")

    def stop(self) -> None:
        """End the process at once; the shard it worked on is a copy that nothing else uses."""
        self._process.kill()

    def _failed(self, why: str) -> StateUnusable:
        return StateUnusable(f"The index of {self._directory.parent} was not brought up to date: {why}.")


def main(task: str) -> int:
    """Optimise the shard that the task names."""
    end_with_parent()
    os.nice(NICENESS)
    told = loads(task)
    fields = [
        Field(field["name"], Kind(field["kind"]))
        for field in (told["schema"]["tenant"], *told["schema"]["fields"])
    ]
    shard = Shard(Path(told["directory"]), Build(**told["build"]), Schema(fields[0], tuple(fields[1:])))
    done = shard.optimise()
    shard.close()
    return 0 if done else NOTHING_TO_DO


def end_with_parent() -> None:
    """Have the kernel end this process with the thread that started it, and do so where that was before."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
