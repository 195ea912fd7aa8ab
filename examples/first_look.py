"""What `make run` does: opens a demo library, which it makes, or the folder it is given, in the browser.

    python examples/first_look.py [FOLDER] [OPTIONS OF pinakes up]

It runs the real command and prints it. No file of yours is changed unless you say so in the pages.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

from demo_library import make

#: Where everything that this program makes goes; `make clean` removes it.
BUILD = Path(__file__).resolve().parent.parent / "build"


def main(arguments: list[str]) -> None:
    """Become `pinakes up` on the folder given, or on the demo library with a state of its own."""
    options = [word for word in arguments if word]
    if options and not options[0].startswith("-"):
        folder = str(Path(options.pop(0)).expanduser())
        print(f"Looking at {folder}. Nothing in it is changed unless you say so.")
    else:
        library = BUILD / "demo-library"
        BUILD.mkdir(exist_ok=True)
        folder = os.path.relpath(library)
        print(f"{'Made' if make(library) else 'Found'} a demo library of real photos and copies in {folder}.")
        options += ["--state", os.path.relpath(BUILD / "demo-state")]
    command = Path(sysconfig.get_path("scripts")) / "pinakes"
    words = ("up", folder, *options)
    shown = " ".join(f"'{word}'" if " " in word else word for word in (os.path.relpath(command), *words))
    print(f"\n$ {shown}", flush=True)
    os.execv(command, (str(command), *words))


if __name__ == "__main__":
    main(sys.argv[1:])
