import signal
import socket
import subprocess
from pathlib import Path

import pytest
from tests.commands import Started, here, started

SERVICES = ("inference", "application", "ingest")


def listening(service: Started) -> str:
    """The URL at which a service says that it listens."""
    return service.says(r"listening on (http\S+) ")[1]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_listens_until_it_is_told_to_stop(tmp_path: Path, name: str) -> None:
    with started(tmp_path, "serve", name, "--port", "0", "--state", tmp_path / "state") as service:
        assert listening(service).startswith("http://127.0.0.1:")
        service.signal(signal.SIGTERM)
        assert service.wait() == 0
    assert "Traceback" not in service.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_a_supervised_service_ends_with_its_supervisor(tmp_path: Path, name: str) -> None:
    arguments = ("serve", name, "--port", "0", "--state", tmp_path / "state", "--supervised")
    with started(tmp_path, *arguments, stdin=subprocess.PIPE, process_group=0) as service:
        listening(service)
        assert service.process.stdin is not None
        service.process.stdin.close()
        assert service.wait() == 0
    assert "Traceback" not in service.stderr


@pytest.mark.parametrize("name", [*SERVICES, "search"])
def test_a_port_that_is_taken_is_one_sentence(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], name: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = here(capfdbinary, "serve", name, "--port", port, "--state", tmp_path / "state")
    assert ended.status == 1
    assert ended.stderr.splitlines() == [
        f"pinakes: Port {port} on 127.0.0.1 is taken by another program. "
        "Stop that program, or choose another port with --port."
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("application", "--host", "0.0.0.0", "--port", "0"), 1, "PINAKES_APPLICATION__API_KEY"),
        (("inference", "--host", "0.0.0.0", "--port", "0"), 1, "PINAKES_INFERENCE__API_KEY"),
        (("ingest", "--host", "0.0.0.0", "--port", "0"), 1, "PINAKES_INGEST__API_KEY"),
        (("ingest", "/no/such/folder", "--port", "0"), 1, "/no/such/folder"),
        (("application", "/no/such/folder", "--port", "0"), 1, "/no/such/folder"),
        (("application", "--port", "70000"), 2, "65535"),
        (("nothing",), 2, "nothing"),
    ],
)
def test_what_cannot_be_served_is_said(
    capfdbinary: pytest.CaptureFixture[bytes], arguments: tuple[str, ...], status: int, words: str
) -> None:
    ended = here(capfdbinary, "serve", *arguments)
    assert ended.status == status
    assert words in ended.stderr


def test_a_state_that_is_no_directory_is_one_sentence(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    state = tmp_path / "state"
    state.write_text("not a directory")
    ended = here(capfdbinary, "serve", "application", "--port", "0", "--state", state)
    assert ended.status == 1
    (line,) = ended.stderr.splitlines()
    assert "--state DIR" in line
