"""Programs run as a person runs them: with this environment's commands first, and a state of their own."""

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def environment(state: Path) -> dict[str, str]:
    """The environment of a person whose library is in `state`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PINAKES_")}
    here = str(Path(sys.executable).parent)
    return kept | {"PATH": f"{here}:{kept.get('PATH', '')}", "PINAKES_STATE": str(state), "PYTHONUTF8": "1"}


def run(*command: str, state: Path, cwd: Path = REPOSITORY, seconds: float = 120) -> str:
    """Run a command to its end and return what it wrote; a status other than 0 fails the test."""
    done = subprocess.run(
        command,
        env=environment(state),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}"
    return done.stdout
