"""Plain English nouns that photos show, for labels and games where no caption or tag says more."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def nouns() -> tuple[str, ...]:
    """About three hundred nouns, in the order of the alphabet."""
    text = resources.files("pinakes.search.mapping").joinpath("nouns.txt").read_text("utf-8")
    return tuple(sorted(text.split()))


def as_caption(noun: str) -> str:
    """The noun as models of pictures and words have met it."""
    return f"a photo of {'an' if noun[:1] in 'aeiou' else 'a'} {noun}"
