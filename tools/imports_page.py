"""The page of imports: which folder of the product reaches which other, and which library."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

_SOURCE = Path(__file__).resolve().parent.parent / "src" / "pinakes"

#: Folders by floor, lowest first.
_FLOORS = (
    ("core",),
    ("postgres",),
    ("images", "models", "vectors", "words", "blobs", "db", "schemas"),
    ("serving", "jobs", "ingest", "search", "duplicates", "clients"),
    ("services",),
    ("cli",),
)


def page() -> str:
    """Return the page."""
    ours, others = _imports()
    rows = [
        f"| {number} | `{folder}` | {_list(ours[folder])} | {_list(others[folder])} |"
        for number, floor in enumerate(_FLOORS, 1)
        for folder in floor
    ]
    unplaced = sorted(ours.keys() - {folder for floor in _FLOORS for folder in floor})
    if unplaced:
        raise SystemExit(f"tools/imports_page.py does not know the floor of: {', '.join(unplaced)}")
    head = (
        "# Imports\n\nImports run down the floors only; folders of one floor never import one another.\n"
        "`make test` holds this with import-linter.\n\n"
        "| floor | folder | imports of ours | libraries |\n| --- | --- | --- | --- |\n"
    )
    return head + "\n".join(rows) + "\n"


def _imports() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    ours: dict[str, set[str]] = defaultdict(set)
    others: dict[str, set[str]] = defaultdict(set)
    for path in sorted(_SOURCE.rglob("*.py")):
        parts = path.relative_to(_SOURCE).parts
        if len(parts) == 1:
            continue
        folder = parts[0]
        ours[folder] |= set()
        for name in _names(ast.parse(path.read_text("utf-8"))):
            top, _, rest = name.partition(".")
            if top == "pinakes" and rest:
                ours[folder] |= {rest.partition(".")[0]} - {folder}
            elif top not in sys.stdlib_module_names and top != "pinakes":
                others[folder].add(top)
    return ours, others


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "pinakes":
                yield from (f"pinakes.{alias.name}" for alias in node.names)
            yield node.module


def _list(names: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "–"
