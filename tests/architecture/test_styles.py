"""Styles of pages stay once they are loaded: a class belongs to one file, or it changes other pages."""

import re
from collections import defaultdict
from pathlib import Path

#: Files of every page, whose classes others may refine for what is within their own.
SHARED = {"app/page.css", "components/components.css"}


def test_no_class_is_begun_in_two_style_sheets(repository: Path) -> None:
    source = repository / "web" / "src"
    begun: dict[str, set[str]] = defaultdict(set)
    for sheet in source.rglob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        for selectors in re.findall(r"([^{}]+)\{", text):
            for name in re.findall(r"(?:^|,)\s*\.([\w-]+)", selectors):
                begun[name].add(str(sheet.relative_to(source)))
    assert len(begun) > 100, "the style sheets were not found"
    assert {
        name: sorted(files) for name, files in begun.items() if len(files) > 1 and not files & SHARED
    } == {}
