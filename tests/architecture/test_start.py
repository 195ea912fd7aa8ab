"""`pinakes --help` stays light, and so does looking at the help of every command."""

import os
import subprocess
import sys

import pytest

#: Libraries that take long to load and that no help needs; Typer itself loads pydantic for some commands.
HEAVY = ("numpy", "cv2", "PIL", "sqlalchemy", "fastapi", "uvicorn", "httpx", "alembic", "pebble")

PROGRAM = f"""
import sys
sys.argv = ["pinakes", *sys.argv[1:]]
try:
    from pinakes.cli.main import run
    run()
except SystemExit as ended:
    assert not ended.code, ended.code
sys.stderr.write(",".join(name for name in {HEAVY!r} if name in sys.modules))
"""

COMMANDS = ["", "scan", "duplicates", "resolve", "undo", "journal", "embed", "keys", "serve", "up", "doctor"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_loads_nothing_heavy(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *command.split(), "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "Usage:" in done.stdout
    assert done.stderr == ""


def test_help_is_not_far_from_an_empty_program() -> None:
    def fastest(*command: str) -> float:
        times = []
        for _ in range(4):
            before = os.times()
            subprocess.run([sys.executable, *command], capture_output=True, check=True)
            after = os.times()
            spent = after.children_user + after.children_system
            times.append(spent - before.children_user - before.children_system)
        return min(times)

    # The aim is 150 ms more; the bound is wide, since machines differ. What else one does is not counted.
    assert fastest("-m", "pinakes", "--help") < fastest("-c", "pass") * 20 + 0.6
