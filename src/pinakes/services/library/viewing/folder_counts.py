"""How many pictures lie in each directory, at any depth, counted for all directories at once."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import func, select

from pinakes.core.paths import is_under
from pinakes.db.tables import directories, months
from pinakes.services.opened import Library

#: How many times as long as making them took counts are shown, before they are made again.
KEPT_TIMES = 10.0


@dataclass(slots=True)
class Node:
    """A directory: pictures and bytes of all depths, `own` of itself alone, and the directories in it."""

    pictures: int = 0
    bytes: int = 0
    own: int = 0
    inside: set[str] = field(default_factory=set)


class Tree:
    """The directories that hold pictures, and those above them up to the roots.

    Args:
        roots: where trees begin.
        rows: path, pictures and bytes of every directory that holds some itself.
    """

    def __init__(self, roots: Sequence[str], rows: Iterable[tuple[str, int, int]]) -> None:
        self._nodes: dict[str, Node] = {}
        self._sorted: dict[str, list[str]] = {}
        for path, pictures, nbytes in rows:
            around = [root for root in roots if is_under(path, root)]
            if around:
                self._node(path).own += pictures
                self._add(min(around, key=len), path, pictures, nbytes)

    def counted(self, path: str) -> dict[str, Any]:
        """What is told of a directory; zeroes where no pictures are."""
        node = self._nodes.get(path, Node())
        return {
            "path": path,
            "pictures": node.pictures,
            "bytes": node.bytes,
            "own": node.own,
            "folders": len(node.inside),
        }

    def inside(self, path: str, after: str | None, limit: int) -> list[dict[str, Any]]:
        """The directories in one, by name, `limit` of them after the path `after`."""
        node = self._nodes.get(path)
        if node is None:
            return []
        if path not in self._sorted:
            self._sorted[path] = sorted(node.inside, key=_by_name)
        following = (p for p in self._sorted[path] if after is None or _by_name(p) > _by_name(after))
        return [self.counted(each) for each in islice(following, limit)]

    def _node(self, path: str) -> Node:
        return self._nodes.setdefault(path, Node())

    def _add(self, root: str, path: str, pictures: int, nbytes: int) -> None:
        while True:
            node = self._node(path)
            node.pictures += pictures
            node.bytes += nbytes
            if path == root:
                return
            above = os.path.dirname(path)  # noqa: PTH120 - of every directory of the library
            self._node(above).inside.add(path)
            path = above


class Counts:
    """Makes the tree when it is asked for, once in a while; any number of threads may ask."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._tree, self._until = Tree((), ()), 0.0
        self._roots: tuple[str, ...] = ()

    def now(self) -> Tree:
        """The tree, some seconds old at most."""
        with self._lock:
            roots = self._library.roots
            if time.monotonic() >= self._until or roots != self._roots:
                began = time.monotonic()
                self._tree, self._roots = self._made(roots), roots
                ended = time.monotonic()
                self._until = ended + KEPT_TIMES * (ended - began)
            return self._tree

    def _made(self, roots: tuple[str, ...]) -> Tree:
        query = (
            select(directories.c.path, func.sum(months.c.count), func.sum(months.c.bytes))
            .join_from(months, directories, directories.c.id == months.c.directory)
            .group_by(directories.c.id)
        )
        with self._library.reading() as connection:
            return Tree(roots, ((path, int(n), int(b)) for path, n, b in connection.execute(query)))


def _by_name(path: str) -> tuple[str, str]:
    return path.casefold(), path
