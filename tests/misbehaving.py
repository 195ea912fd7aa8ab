"""Work that goes wrong in the ways decoders do; importable, so that a decoding process can run it."""

import os
import signal
import time
from pathlib import Path


def echo(value: object) -> object:
    return value


def process_id() -> int:
    return os.getpid()


def abort() -> None:
    os.abort()


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def spin(seconds: float) -> None:
    """Use the processor without ever coming back to where a signal could be noticed by name."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        sum(range(1000))


def exhaust() -> int:
    """Ask for more memory than any bound allows."""
    return len(bytearray(2**36))


def complain(path: str) -> None:
    """Write to the error stream as C libraries do, and say so in a file."""
    os.write(2, b"corrupt data\n")
    Path(path).write_text("done")
