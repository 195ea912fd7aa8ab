"""Writes the pages of docs/reference from the code; with --check, says which of them are out of date."""

from __future__ import annotations

import sys
from pathlib import Path

from pinakes.search.language import help_page
from tools import cli_page, imports_page, reference

#: Where the pages go.
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"

#: Each page by its file name.
PAGES = {
    "cli.md": cli_page.page,
    "settings.md": reference.settings,
    "errors.md": reference.errors,
    "tiers.md": reference.tiers,
    "query-language.md": help_page,
    "report.md": reference.report,
    "imports.md": imports_page.page,
}

_NOTE = "<!-- Written by `make generate` from the code; changes here are lost. -->\n\n"


def outdated() -> dict[Path, str]:
    """Return the pages that are not as the code would write them, with what they should say."""
    pages = {FOLDER / name: _NOTE + write() for name, write in PAGES.items()}
    return {
        path: text for path, text in pages.items() if not path.is_file() or path.read_text("utf-8") != text
    }


def main(*, check: bool) -> int:
    """Write the pages, or with `check` only compare; returns the exit status."""
    changed = outdated()
    for path, text in changed.items():
        sys.stdout.write(
            f"{'out of date' if check else 'written'}: {path.relative_to(FOLDER.parent.parent)}\n"
        )
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    if check and changed:
        sys.stdout.write("Run `make generate` and commit what it writes.\n")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
