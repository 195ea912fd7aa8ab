"""The build: its commands exist, say what they do, and need no network once set up."""

import re
import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def makefile(repository: Path) -> str:
    return (repository / "Makefile").read_text("utf-8")


@pytest.mark.parametrize(
    "target", ["run", "test", "setup", "check", "format", "generate", "bench", "docs", "screenshots", "clean"]
)
def test_every_command_of_the_house_exists(makefile: str, target: str) -> None:
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_the_build_server_runs_what_a_newcomer_runs(repository: Path) -> None:
    script = repository / ".ci" / "run"
    assert script.stat().st_mode & 0o100
    assert re.search(r"^make test$", script.read_text("utf-8"), re.MULTILINE)


def test_only_setting_up_reaches_for_the_network(makefile: str) -> None:
    lines = [line for line in makefile.splitlines() if "install " in line and "echo" not in line]
    assert len(lines) == 2
    assert all("--editable" in line for line in lines)


def test_the_commands_are_quick_the_second_time(repository: Path) -> None:
    if not (repository / ".venv" / ".installed-dev").exists():
        pytest.skip("the environment was made by other means than make")
    planned = subprocess.run(
        ["make", "--dry-run", "test"], cwd=repository, capture_output=True, text=True, check=False
    ).stdout
    assert "pytest" in planned
    newer = (repository / "pyproject.toml").stat().st_mtime > (
        repository / ".venv/.installed-dev"
    ).stat().st_mtime
    assert newer or "install" not in planned


def test_the_generated_pages_are_those_of_the_code() -> None:
    from tools.generate import outdated

    assert [path.name for path in outdated()] == []
