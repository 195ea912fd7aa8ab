"""How the command line ends: 0 done, 1 could not do it, 2 wrong usage, 130 interrupted."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NoReturn

#: Exit status after Ctrl-C.
INTERRUPTED = 130

#: What a person who pressed Ctrl-C is told.
STOPPED = "Stopped. What was finished is stored; the same command goes on from there."


class Left(Exception):
    """Raised when a person stops following something that goes on without them; the text says how."""


def exit_with(command: Callable[[], object]) -> NoReturn:
    """Run the command and exit; an error raised on purpose is one sentence on standard error."""
    try:
        command()
    except KeyboardInterrupt:
        _say(STOPPED)
        sys.exit(INTERRUPTED)
    except Left as left:
        _say(str(left))
        sys.exit(INTERRUPTED)
    except SystemExit as ended:
        if ended.code == INTERRUPTED:  # the library that reads the arguments has caught the Ctrl-C itself
            _say(STOPPED)
        raise
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        from pinakes.core.errors import InvalidRequest, NotUnderstood, PinakesError

        if not isinstance(error, PinakesError):
            raise
        _say(f"pinakes: {error.sentence}")
        if isinstance(error, NotUnderstood):
            _say(error.pointer)
        sys.exit(2 if isinstance(error, InvalidRequest) else 1)
    sys.exit(0)


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
