"""Directories that a question names, as the numbers by which every index knows its folders."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, select

from pinakes.core.payload import Folders
from pinakes.db.tables import directories


def folders_below(engine: Engine, named: Sequence[str], folders: Folders) -> Folders:
    """Those of `folders` that are, or lie below, one of the named directories; all of them for no name.

    An absolute name is a whole path; any other is a run of directories anywhere in one, such as
    `holiday/2019`, whatever the case of its letters.
    """
    if not named:
        return folders
    with engine.execution_options(readonly=True).connect() as connection:
        known = [(number, path) for number, path in connection.execute(select(directories))]
    matching = (number for number, path in known if any(_is_below(path, name) for name in named))
    return frozenset(number for number in matching if folders is None or number in folders)


def _is_below(path: str, name: str) -> bool:
    if name.startswith("/"):
        return f"{path}/".startswith(name.rstrip("/") + "/")
    wanted = "/".join(part for part in name.split("/") if part)
    return bool(wanted) and f"/{wanted}/".casefold() in f"{path}/".casefold()
