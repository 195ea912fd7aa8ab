"""What is offered while a search is typed."""

import pytest

from pinakes.search.language import parsed, suggestions
from pinakes.search.language.fields import FIELDS

KNOWN = {
    "tag": ["family", "birthday party", "Fa,mous"],
    "camera": ["canon eos 5d", "x100"],
    "folder": ["holiday/2019", "my pictures"],
}


def values(name: str, typed: str) -> list[str]:
    return [
        each
        for each in KNOWN.get(name, [])
        if any(w.startswith(typed.lower()) for w in (each.lower(), *each.lower().split()))
    ]


def after(text: str) -> list[str]:
    """The lines that choosing each suggestion would make; the cursor is at `|`."""
    cursor = text.index("|")
    line = text.replace("|", "")
    return [line[: each.start] + each.text + line[each.end :] for each in suggestions(line, cursor, values)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("da|", ["date:"]),
        ("sea -ta|", ["sea -date:", "sea -tag:"]),
        ("sea (ta| x", ["sea (date: x", "sea (tag: x"]),
        ("tag:f|", ["tag:family", 'tag:"Fa,mous"']),
        ("tag:x,bi|", ['tag:x,"birthday party"']),
        ('tag:"birth|', ['tag:"birthday party"']),
        ('tag:"birth|" x', ['tag:"birthday party" x']),
        ("keyword:par|", ['keyword:"birthday party"']),
        ("camera:5d|", ['camera:"canon eos 5d"']),
        ("folder:hol|", ["folder:holiday/2019"]),
        ("is:p| tag:x", ["is:portrait tag:x"]),
        ("is:p|ort tag:x", ["is:portrait tag:x"]),
        ("rating:>|", ["rating:>=4", "rating:>=3"]),
        ("date:to|", ["date:today"]),
        ("nothing:x|", []),
        ("zzz|", []),
        ("\\tag:f|", []),
    ],
)
def test_what_may_follow_is_suggested(text: str, expected: list[str]) -> None:
    assert after(text) == expected


def test_an_empty_line_is_offered_every_field_in_the_order_of_the_page() -> None:
    offered = [each.text for each in suggestions("", 0)]
    assert offered == [f"{field.name}:" for field in FIELDS][: len(offered)] and len(offered) == 20


def test_no_line_and_no_cursor_is_an_error() -> None:
    for text in ('"', "((", "a^", "\\", "tag:", "x" * 10_000, "\ud800", "é:é"):
        for cursor in (-5, 0, 1, len(text), 99_999):
            for each in suggestions(text, cursor, values):
                assert 0 <= each.start <= each.end <= len(text)


def test_every_fixed_suggestion_parses() -> None:
    for field in FIELDS:
        for choice in field.reading.choices:
            if not choice.endswith(":"):
                parsed(f"{field.name}:{choice}")
