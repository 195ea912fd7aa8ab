"""Checks of what the product runs on: Python, its libraries, and the ports it will want."""

from __future__ import annotations

import http.client
import platform
import re
import sqlite3
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec

from pinakes.cli.checks.verdict import Verdict, failed, ok, warning
from pinakes.core.errors import PinakesError, PortTaken
from pinakes.core.settings import Settings

#: The least Python, and the least SQLite: the first with RETURNING.
LEAST_PYTHON, LEAST_SQLITE = (3, 11), (3, 35)

#: Libraries whose versions are worth a look; all that are required are checked.
SHOWN = ("numpy", "opencv-python-headless", "pillow", "pillow-heif", "sqlalchemy", "fastapi")

#: Time for whatever holds a port to say what it is, seconds.
PORT_SECONDS = 2.0

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?>=([0-9.]+)")


def python(_settings: Settings) -> Verdict:
    """Python and SQLite are recent enough."""
    machine = f"{platform.system()} {platform.machine()}"
    seen = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {machine}"
    if sys.version_info < LEAST_PYTHON or sqlite3.sqlite_version_info < LEAST_SQLITE:
        return failed(seen, "Pinakes needs Python 3.11 and SQLite 3.35, or newer.")
    return ok(seen)


def libraries(_settings: Settings) -> Verdict:
    """Every required library is installed, in a version that is new enough."""
    needed = [
        found.groups()
        for line in requires("pinakes") or ()
        if "extra ==" not in line and (found := _REQUIREMENT.match(line))
    ]
    wrong = [problem for name, least in needed if (problem := _problem(name, least))]
    if wrong:
        return failed("; ".join(wrong), "Install Pinakes again: pip install --upgrade pinakes.")
    return ok(f"{len(needed)} installed; " + ", ".join(f"{name} {version(name)}" for name in SHOWN))


def camera_raw(_settings: Settings) -> Verdict:
    """The extra for camera RAW is installed."""
    if find_spec("rawpy") is None:
        return warning("not installed; RAW files are refused", "Install it with: pip install 'pinakes[raw]'.")
    return ok(f"rawpy {version('rawpy')}")


def application_port(settings: Settings) -> Verdict:
    """The application's port is free, or the application holds it."""
    return _port(settings.application.host, settings.application.port, "--port")


def inference_port(settings: Settings) -> Verdict:
    """The inference service's port is free, or the service holds it."""
    return _port(settings.inference.host, settings.inference.port, "--inference-port")


def _port(host: str, port: int, option: str) -> Verdict:
    from pinakes.services.process import open_listener  # a missing library is another check's to say

    try:
        open_listener(host, port).close()
    except PortTaken:
        if _is_ours(host, port):
            return ok(f"port {port}: a Pinakes service answers there")
        return warning(
            f"port {port} is taken by another program", f"Stop it, or choose another with {option}."
        )
    except PinakesError as error:
        return failed(str(error), error.remedy or "Choose another address with --host.")
    return ok(f"port {port} is free")


def _is_ours(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host or "127.0.0.1", port, timeout=PORT_SECONDS)
    try:
        connection.request("GET", "/openapi.json", headers={"Host": f"localhost:{port}"})
        answer = connection.getresponse().read(4096)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return b'"title":"Pinakes' in answer or b"urn:pinakes:problem" in answer


def _problem(name: str, least: str) -> str:
    try:
        found = version(name)
    except PackageNotFoundError:
        return f"{name} is missing"
    return f"{name} {found} is older than {least}" if _numbers(found) < _numbers(least) else ""


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text.partition("+")[0])[:3])
