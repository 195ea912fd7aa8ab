import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.commands import here
from tests.waiting import until

from pinakes.cli import up
from pinakes.cli.supervisor import Service
from pinakes.core.errors import InvalidRequest, PortTaken, UnsafeSettings
from pinakes.core.settings import InferenceSettings, Settings


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that something else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def planned(tmp_path: Path, *, settings: Settings | None = None, **chosen: object) -> tuple[Service, Service]:
    ports: dict[str, object] = {"host": None, "port": 0, "inference_port": 0}
    return up.planned(settings or Settings(state=tmp_path), ["/photos"], **{**ports, **chosen})  # type: ignore[arg-type]


def test_the_application_is_told_where_the_inference_service_is(tmp_path: Path) -> None:
    inference, application = planned(tmp_path)
    assert application.environment == {
        "PINAKES_CLIENT__SERVICE_URL": inference.url,
        "PINAKES_CLIENT__MODE": "remote",
    }
    assert application.command[-2:] == ("--", "/photos")
    assert inference.url != application.url


def test_a_key_of_the_inference_service_is_handed_on_unseen(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, inference=InferenceSettings(api_key=SecretStr("k3y")))
    inference, application = planned(tmp_path, settings=settings)
    assert application.environment["PINAKES_CLIENT__API_KEY"] == "k3y"
    assert "k3y" not in " ".join((*inference.command, *application.command))


def test_what_a_person_set_is_not_set_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINAKES_CLIENT__SERVICE_URL", "http://gpu.example:8001")
    assert planned(tmp_path)[1].environment == {}


@pytest.mark.parametrize(("argument", "option"), [("port", "--port"), ("inference_port", "--inference-port")])
def test_a_taken_port_names_the_option_that_chooses_another(
    tmp_path: Path, taken: int, argument: str, option: str
) -> None:
    with pytest.raises(PortTaken, match=str(taken)) as caught:
        planned(tmp_path, **{argument: taken})
    assert caught.value.remedy.endswith(f"{option}.")


def test_both_on_one_port_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="8123"):
        planned(tmp_path, port=8123, inference_port=8123)


def test_beyond_this_machine_a_key_is_needed(tmp_path: Path) -> None:
    with pytest.raises(UnsafeSettings):
        planned(tmp_path, host="0.0.0.0")


def test_every_address_is_looked_at_through_loopback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINAKES_APPLICATION__API_KEY", "k3y")
    application = planned(tmp_path, host="0.0.0.0")[1]
    assert application.url.startswith("http://127.0.0.1:")
    assert "0.0.0.0" in application.command


def test_a_taken_port_starts_nothing(
    tmp_path: Path, taken: int, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    ended = here(capfdbinary, "up", "--port", taken, "--no-browser", "--state", tmp_path / "state")
    assert ended.status == 1
    (line,) = ended.stderr.splitlines()
    assert str(taken) in line
    assert "--port" in line
    assert not (tmp_path / "state").exists()


def test_a_folder_that_is_not_there_starts_nothing(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    ended = here(capfdbinary, "up", tmp_path / "nothing", "--port", "0", "--state", tmp_path / "state")
    assert ended.status == 1
    assert "nothing" in ended.stderr
    assert not (tmp_path / "state").exists()


def test_the_browser_is_opened_at_the_application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    assert up._browser_is_there()
    up._open_browser("http://127.0.0.1:8000")
    assert until(lambda: opened.exists() and opened.read_text()) == "http://127.0.0.1:8000\n"


def test_without_a_display_no_browser_takes_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    assert not up._browser_is_there()


@pytest.mark.parametrize("number", up.ENDING)
def test_each_signal_to_end_ends_it_cleanly(
    number: signal.Signals, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    before = signal.getsignal(number)
    threading.Timer(0.3, os.kill, (os.getpid(), number)).start()
    up.run((), open_browser=False)
    assert capfdbinary.readouterr().err.decode() == "Stopping …\n"
    assert signal.getsignal(number) is before
