"""Starting services as processes, watching them, bringing back what dies, ending them together."""

from __future__ import annotations

import http.client
import math
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

#: Pause before a service that died is started again: the first, and the longest; each doubles, seconds.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0

#: Time of health after which the pause begins at the first again, seconds.
STEADY_SECONDS = 60.0

#: Time without an answer to /health after which a living process is held to be stuck, seconds.
SILENT_SECONDS = 30.0

#: The same for a process that has never answered: a cold disk may take long to load it, seconds.
STARTING_SECONDS = 90.0

#: Time after which a service that answers but cannot serve yet is spoken of, seconds.
LATE_SECONDS = 30.0

#: Pauses between looks at a process, until it is ready and afterwards, seconds.
LOOK_STARTING, LOOK_READY = 0.1, 1.0

#: Time one look may take, seconds.
LOOK_SECONDS = 5.0

#: Exit statuses with which a command says that it could not do it; the sentence is on standard error.
UNABLE = frozenset((1, 2))


@dataclass(frozen=True, slots=True)
class Service:
    """What to start and where it answers: `name` is one word, `url` the base URL that has /health."""

    name: str
    command: Sequence[str]
    url: str
    environment: Mapping[str, str] = field(default_factory=dict)
    drain_seconds: float = 10.0


class Supervisor:
    """Keeps services running, each in a process and a process group of its own.

    A service's standard input is a pipe that closes when this process ends, however it ends; a service
    that watches it never outlives its supervisor. Its standard error is passed on line by line.

    Args:
        services: what to run.
        ready: called, from a thread, when a service can serve for the first time.
        say: takes a line for the person.
    """

    def __init__(
        self, services: Sequence[Service], *, ready: Callable[[Service], None], say: Callable[[str], None]
    ) -> None:
        self._watches = [_Watch(service, ready, say) for service in services]

    def start(self) -> None:
        """Start every service; returns at once."""
        for watch in self._watches:
            watch.thread.start()

    @property
    def unable(self) -> str:
        """Name of a service that said at its first start that it cannot run; else empty."""
        return next((watch.service.name for watch in self._watches if watch.unable), "")

    def stop(self) -> None:
        """Ask every service to finish, wait as long as each may take, and end what has not ended."""
        for watch in self._watches:
            watch.stopping.set()
        for watch in self._watches:
            watch.thread.join()

    def kill(self) -> None:
        """End every service at once; `stop` then returns at once as well."""
        for watch in self._watches:
            watch.kill()


class _Watch:
    """One service's life, in a thread: start, look, bring back."""

    def __init__(
        self, service: Service, ready: Callable[[Service], None], say: Callable[[str], None]
    ) -> None:
        self.service = service
        self.stopping = threading.Event()
        self.unable = False
        self.thread = threading.Thread(target=self._live, name=f"pinakes-watch-{service.name}", daemon=True)
        self._ready, self._say = ready, say
        self._was_ready = False
        self._process: subprocess.Popen[bytes] | None = None

    def kill(self) -> None:
        if self._process is not None:
            _kill_group(self._process)

    def _live(self) -> None:
        pause = FIRST_PAUSE
        while True:
            steady, fate = self._live_once()
            if self.stopping.is_set() or self.unable:
                return
            pause = FIRST_PAUSE if steady else pause
            self._say(f"The {self.service.name} service {fate}; starting it again in {pause:g} s.")
            if self.stopping.wait(pause):
                return
            pause = min(LONGEST_PAUSE, 2 * pause)

    def _live_once(self) -> tuple[bool, str]:
        """Run the service once; return whether it was well for long, and how it ended."""
        try:
            process = self._process = self._started()
        except OSError as error:
            return False, f"could not be started ({error.strerror})"
        passing_on = threading.Thread(target=self._pass_on, args=(process,), daemon=True)
        passing_on.start()
        ready_since = self._look_after(process)
        self._end(process)
        passing_on.join()
        steady = ready_since is not None and time.monotonic() - ready_since >= STEADY_SECONDS
        return steady, _fate(process)

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            list(self.service.command),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, **self.service.environment},
            process_group=0,  # the terminal's Ctrl-C reaches the supervisor alone, which then drains
        )

    def _look_after(self, process: subprocess.Popen[bytes]) -> float | None:
        """Return, once the process died, is stuck or is to stop, the moment it became ready, if it did."""
        ready_since = None
        heard, patience = time.monotonic(), STARTING_SECONDS
        late = heard + LATE_SECONDS
        while process.poll() is None and not self.stopping.wait(
            LOOK_STARTING if ready_since is None else LOOK_READY
        ):
            status = health(self.service.url)
            now = time.monotonic()
            if status is not None:
                heard, patience = now, SILENT_SECONDS
            elif now - heard > patience:
                self._say(
                    f"The {self.service.name} service has not answered for {patience:.0f} s; ending it."
                )
                _kill_group(process)
                break
            if status == http.HTTPStatus.OK and ready_since is None:
                ready_since = now
                self._tell_ready()
            elif ready_since is None and now > late:
                late = math.inf
                self._say(
                    f"The {self.service.name} service cannot serve yet; {self.service.url}/health says why."
                )
        self.unable = not self._was_ready and process.poll() in UNABLE
        return ready_since

    def _tell_ready(self) -> None:
        if self._was_ready:
            self._say(f"The {self.service.name} service is back.")
        else:
            self._was_ready = True
            self._ready(self.service)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Let the process finish what it accepted, and leave nothing of its group behind."""
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(self.service.drain_seconds)
            except subprocess.TimeoutExpired:
                self._say(f"The {self.service.name} service did not stop in time; ending it.")
        _kill_group(process)
        process.wait()
        if process.stdin is not None:
            process.stdin.close()

    def _pass_on(self, process: subprocess.Popen[bytes]) -> None:
        if process.stderr is None:
            return
        with process.stderr as lines:
            for line in lines:
                text = line.decode("utf-8", "backslashreplace").rstrip()
                if self.service.url not in text:  # where it listens is said once it can serve
                    self._say(f"{self.service.name}: {text}")


def health(url: str, *, seconds: float = LOOK_SECONDS) -> int | None:
    """Return the status that GET /health at a base URL answers, or None where nothing does in time."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    # The group outlives its leader as long as a decoding process does, and its number with it.
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _fate(process: subprocess.Popen[bytes]) -> str:
    status = process.returncode
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
