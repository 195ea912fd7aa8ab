"""Structured logging to standard error, set up once by each process's main."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def configure(*, level: str = "warning", form: str = "text") -> None:
    """Send structlog's lines at or above `level` to stderr as readable text or as JSON, one line each."""
    # Plain tracebacks: the pretty ones show the values of variables, keys and pictures among them.
    plain = structlog.dev.plain_traceback
    last: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        # Asked for with each line: whoever embeds us may put another standard error in place of this one.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def get(name: str) -> Any:
    """Return a logger whose lines carry `name`; bind more context to it with `.bind(key=value)`."""
    return structlog.get_logger(component=name)
