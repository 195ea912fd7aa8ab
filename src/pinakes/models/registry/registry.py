"""The models that Pinakes knows by name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pinakes.core.errors import NotFound
from pinakes.models.registry.entry import Entry

#: The model that is meant where none is named; chosen by recall per millisecond, see docs/adr/0010.
DEFAULT = "clip-vit-base-patch32-laion2b"


@dataclass(frozen=True, slots=True)
class Registry:
    """Entries in the order in which they are listed; names and aliases are unique."""

    entries: Sequence[Entry]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def get(self, name: str) -> Entry | None:
        """The entry with this name, alias or repository; letters' case does not matter."""
        wanted = name.lower()
        for entry in self.entries:
            if wanted in (entry.name, entry.repo.lower(), *(alias.lower() for alias in entry.aliases)):
                return entry
        return None

    def find(self, name: str) -> Entry:
        """The same, but its absence is an error.

        Raises:
            NotFound: there is none; the message names those that begin alike.
        """
        entry = self.get(name)
        if entry is None:
            alike = [known.name for known in self.entries if known.name.startswith(name.lower()[:4])]
            known = ", ".join(alike or [known.name for known in self.entries])
            raise NotFound(
                f"The registry knows no model {name!r}.",
                remedy=f"It knows {known}; see `pinakes models list`.",
            )
        return entry


@cache
def registry() -> Registry:
    """Read the entries that ship with the package: the default first, captioners last."""
    read = [entry for page in _pages() for entry in parsed(page)]
    return Registry(tuple(sorted(read, key=lambda entry: (entry.name != DEFAULT, not entry.dimensions))))


def parsed(page: str) -> list[Entry]:
    """The entries of one TOML page: an array of tables `model`.

    Raises:
        pydantic.ValidationError: an entry lacks something, or says something that no entry may.
    """
    return [Entry.model_validate(table) for table in tomllib.loads(page).get("model", [])]


def _pages() -> Iterator[str]:
    folder = files("pinakes.models.registry") / "entries"
    for page in sorted(folder.iterdir(), key=lambda page: page.name):
        if page.name.endswith(".toml"):
            yield page.read_text("utf-8")
