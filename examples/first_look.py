"""What `make run` shows: the duplicates of a demo library that it makes, or of the folder it is given.

    python examples/first_look.py [FOLDER]

It runs the real commands and prints them. No file of yours is changed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from demo_library import make

#: Where everything that this program makes goes; `make clean` removes it.
BUILD = Path(__file__).resolve().parent.parent / "build"


def pinakes(*arguments: str, output: Path | None = None) -> None:
    """Run a command of Pinakes as a person would type it; its results go to `output` where one is given."""
    command = os.path.relpath(Path(sysconfig.get_path("scripts")) / "pinakes")
    shown = " ".join(f"'{word}'" if " " in word else word for word in (command, *arguments))
    print(f"\n$ {shown}" + (f" > {os.path.relpath(output)}" if output else ""), flush=True)
    if output is None:
        subprocess.run([command, *arguments], check=True)
        return
    with output.open("w", encoding="utf-8") as file:
        subprocess.run([command, *arguments], check=True, stdout=file)


def main(folder: str | None) -> None:
    """Look at `folder`, or at the demo library, and say what to do next."""
    BUILD.mkdir(exist_ok=True)
    state: tuple[str, ...] = ()
    if folder is None:
        library = BUILD / "demo-library"
        made = make(library)
        place = os.path.relpath(library)
        print(f"{'Made' if made else 'Found'} a demo library of real photos and altered copies in {place}.")
        folder, state = place, ("--state", os.path.relpath(BUILD / "demo-state"))
        report = BUILD / "demo-report.html"
    else:
        folder = str(Path(folder).expanduser())
        print(f"Looking at {folder}. Nothing in it will be changed.")
        report = BUILD / "report.html"
    pinakes("scan", folder, *state)
    pinakes("duplicates", folder, *state)
    pinakes("duplicates", folder, *state, "--format", "html", output=report)
    command = os.path.relpath(Path(sysconfig.get_path("scripts")) / "pinakes")
    options = " ".join((f'"{folder}"', *state))
    print(
        f"""
The same with pictures is in {os.path.relpath(report)}; open it in a browser.

What you may do next:
  {command} resolve {options} --dry-run   shows what would go to the trash; nothing changes
  {command} up {options}                  starts the application in your browser
  make run FOLDER=~/Pictures              looks at your own pictures"""
    )


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else None)
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)
    except KeyboardInterrupt:
        sys.exit(130)
