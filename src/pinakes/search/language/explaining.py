"""The page that explains the language, made from the table of its fields."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from pinakes.search.language.fields import FIELDS, Field
from pinakes.search.language.moments import NAMED
from pinakes.search.language.numbers import BYTES, PIXELS
from pinakes.search.language.parsing import DEEPEST, MOST_FOLDERS, MOST_TERMS
from pinakes.search.language.scanning import LEAST_WEIGHT, MOST_CHARACTERS, MOST_WEIGHT

#: What can be typed beside conditions, and what it asks for.
WORDS: tuple[tuple[str, str], ...] = (
    ("sunset at the beach", "pictures that look like these words, or are called, tagged or described so"),
    ('"red bicycle"', "pictures with just these words in their names, captions, tags or text"),
    ("sunset -people", "like a sunset, and unlike people"),
    ("beach^2 +dog", "like a beach, twice as much, and like a dog: each by itself, with its weight"),
    ("-(people on the street)", "unlike several words together"),
)

#: How conditions are joined.
JOINS: tuple[tuple[str, str], ...] = (
    ("tag:family rating:>=4", "both: what is typed side by side must all hold; “and” may stand between"),
    ("tag:family or tag:friends", "at least one; “or” binds its neighbours first, before all else"),
    ("tag:family,friends", "the same, shorter: a comma parts values of which any will do"),
    ("-tag:family", "not; “not tag:family” is the same"),
    ("-(tag:family date:2019)", "parentheses make several conditions one"),
    ("rating:2..4, rating:>=4, rating:..2", "ranges with both ends, of which one may be open; comparisons"),
    ('camera:"Canon EOS"', "quotation marks hold spaces and commas; a \\ makes the next sign text"),
)


def _listed(items: Iterable[str]) -> str:
    return ", ".join(f"`{item}`" for item in items)


#: What the page says beside its tables.
FIRST = (
    "What is typed into the search box is words, conditions, or both: `sunset tag:family date:2019`. Capital "
    "letters and accents make no difference. The address of a page of results holds the line."
)
ALONE = (
    "“or” stands between conditions; between words it is one of them. Folders stand by themselves: not after "
    "“or” or a minus."
)
DATES = (
    "A year `2019`, a month `2019-06`, a day `2019-06-21`, a time `2019-06-21T14:30`, or a span before "
    f"now: {_listed(NAMED)}, with any number of days, weeks, months or years. Weeks begin on Mondays. "
    "`date:>2019` begins with 2020."
)
SIZES = (
    f"Pixels are counted in {_listed(PIXELS)}, bytes in {_listed(BYTES)}; a KB is 1,000 bytes and a KiB "
    "1,024. A size without a comparison means what rounds to it: `size:12MP` is from 11.5 to 12.5 million."
)
BOUNDS = (
    f"A line has at most {MOST_CHARACTERS:,} characters, {MOST_TERMS} things to look like, {MOST_FOLDERS} "
    f"folders, and parentheses {DEEPEST} deep; a weight is from {LEAST_WEIGHT:g} to {MOST_WEIGHT:g}. What "
    "does not parse is refused, and the place is pointed at."
)


def help_page() -> str:
    """The page, as Markdown."""
    head, tail = "# The language of the search box", _paragraph(BOUNDS)
    parts = [
        *(head, _paragraph(FIRST), "## Words", _table("typed", "asks for", WORDS)),
        *("## Joining", _table("typed", "means", JOINS), _paragraph(ALONE)),
        *("## Fields", _fields(), "## Dates", _paragraph(DATES), "## Sizes", _paragraph(SIZES)),
        *("## Bounds", tail),
    ]
    return "\n\n".join(parts) + "\n"


def _fields() -> str:
    return "\n".join(["| field | pictures … | as in |", "| --- | --- | --- |", *map(_row, FIELDS)])


def _paragraph(text: str) -> str:
    return textwrap.fill(text, 110, break_long_words=False, break_on_hyphens=False)


def _row(field: Field) -> str:
    names = ", ".join(f"`{name}:`" for name in (field.name, *field.aliases))
    examples = " ".join(f"`{_cell(example)}`" for example in field.examples)
    return f"| {names} | {field.about} | {examples} |"


def _table(first: str, second: str, rows: tuple[tuple[str, str], ...]) -> str:
    lines = "\n".join(f"| `{_cell(typed)}` | {meaning} |" for typed, meaning in rows)
    return f"| {first} | {second} |\n| --- | --- |\n{lines}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
