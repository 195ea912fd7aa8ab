"""The page of help says what the grammar does."""

import re

import pytest

from pinakes.core.payload import PICTURES
from pinakes.search.language import help_page, parsed
from pinakes.search.language.explaining import JOINS, WORDS
from pinakes.search.language.fields import BY_NAME, FIELDS, nearest

EXAMPLES = [example for field in FIELDS for example in field.examples]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_a_field_is_a_condition_or_a_picture(example: str) -> None:
    asked = parsed(example)
    assert asked.where or asked.below or asked.terms[0].picture


@pytest.mark.parametrize("typed", [typed for typed, _ in (*WORDS, *JOINS)])
def test_every_line_of_the_page_parses(typed: str) -> None:
    for line in typed.split(", "):
        assert parsed(line)


def test_the_page_names_every_field_and_every_alias() -> None:
    page = help_page()
    assert all(f"`{name}:`" in page for name in BY_NAME)
    assert max(map(len, re.sub(r"^\|.*$", "", page, flags=re.MULTILINE).splitlines())) <= 110


def test_every_field_of_the_payload_can_be_asked_for() -> None:
    asked = {field.reading.payload for field in FIELDS}
    assert set(PICTURES.by_name) - asked == {"folder"}


def test_names_are_told_apart_and_misspelt_ones_are_guessed() -> None:
    assert len(BY_NAME) == sum(1 + len(field.aliases) for field in FIELDS)
    assert [nearest(name) for name in ("camra", "ratings", "xyzzy")] == ["camera", "rating", ""]
