"""Which asset of a duplicate group is kept: an ordered list of rules, and a sentence that says why."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import Any

from pinakes.core.errors import InvalidRequest
from pinakes.core.paths import is_under
from pinakes.core.types import Tier
from pinakes.duplicates.places import is_under_any, shown
from pinakes.duplicates.reasons import REASONS, by_taken, sentence_of
from pinakes.duplicates.types import Asset

#: What each rule prefers, by the name a person writes; those of `PATTERNED` take a pattern after a colon.
RULES = {
    "reference": "lies in a reference folder",
    "path": "matches the pattern, or lies in the folder, after the colon",
    "not-path": "does not match the pattern, or lie in the folder, after the colon",
    "pixels": "the most pixels of picture, borders not counted; within 5 % counts as equal",
    "camera": "what the camera wrote: its name and when the picture was taken",
    "format": "the format that keeps most: RAW, then lossless, then the better codecs; or that after a colon",
    "exif": "the most metadata fields",
    "bytes": "the largest file",
    "smallest": "the smallest file",
    "date": "the oldest, by when it was taken, or else by when its file was written",
    "newest": "the newest file",
    "named": "its name, without folders, matches the pattern after the colon",
    "not-named": "its name, without folders, does not match the pattern after the colon",
    "no-copy": "its name does not say that it is a copy, as “a (1).jpg” and “a - Copy.jpg” do",
    "name": "the shortest path, then the first in alphabetical order",
}

#: Rules that take a pattern, and whether they cannot do without.
PATTERNED = {"path": True, "not-path": True, "named": True, "not-named": True, "format": False}

#: How file managers, browsers and messengers name copies, before the file's ending.
_COPY_NAME = re.compile(
    r"(\(\d{1,3}\)|[ _-](copy|copie|kopie|copia|cópia)([ _-]?\(?\d{1,3}\)?)?)$"
    r"|^(copy|kopie|copie) (of|von|de) ",
    re.IGNORECASE,
)

#: Pillow's format names from the one that keeps most of a picture to the one that keeps least.
_FORMATS = (
    "RAW",
    "DNG",
    "TIFF",
    "PNG",
    "JPEG2000",
    "HEIF",
    "AVIF",
    "WEBP",
    "JPEG",
    "PPM",
    "BMP",
    "DIB",
    "GIF",
)

#: Formats that lose something when they write: with equal pixels, the lossless file was made from these.
_LOSSY = frozenset(("HEIF", "AVIF", "WEBP", "JPEG"))


#: Share of the most pixels that counts as just as many: margins are measured on a small picture.
_AS_MANY = 0.95


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, and its pattern where it has one."""

    name: str
    pattern: str = ""

    def __str__(self) -> str:
        """As a person writes it."""
        return f"{self.name}:{self.pattern}" if self.pattern else self.name


@dataclass(frozen=True, slots=True)
class Choice:
    """The asset that is kept, and a sentence that names the rules that decided and the numbers."""

    keep: Asset
    why: str


#: The order in which a person would decide. What may not be touched and what cannot be got back come first:
#: pixels, then the camera's own record (it marks the original: conversions and messengers lose it), then a
#: format that does not degrade. A larger file comes after, since size alone prefers screenshots saved as PNG.
#: Age and name only tell equal files apart: the oldest copy was there first, "(1)" and "copy" lengthen names.
DEFAULT_RULES = tuple(
    Rule(name) for name in ("reference", "pixels", "camera", "format", "exif", "bytes", "date", "name")
)


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Read rules as `reference,path:*/Originals/*,pixels,name`, most important first.

    Raises:
        InvalidRequest: a rule is not known, or lacks or has too much of a pattern; the message names it.
    """
    return read_rules(text.split(","))


def read_rules(written: Iterable[str]) -> tuple[Rule, ...]:
    """Read rules of which each is written by itself, so that a pattern may hold a comma.

    Raises:
        InvalidRequest: as `parse_rules`.
    """
    rules = tuple(_parse(part.strip()) for part in written if part.strip())
    if not rules:
        raise InvalidRequest("No keeper rule was given.", remedy=f"Known rules: {', '.join(RULES)}.")
    return rules


def choose(
    assets: Sequence[Asset],
    rules: Sequence[Rule],
    references: Sequence[str] = (),
    *,
    tier: Tier | None = None,
) -> Choice:
    """Pick the asset that the rules prefer; the same assets in any order give the same choice.

    Each rule keeps the best of those that the rules before it left; where all rules leave several, the name
    decides. `references` are absolute folders, as `places.spellings` gives them. With a `tier` that means
    equal pixels, a lossy file is preferred to a lossless one: that was made from it and kept nothing more.

    Raises:
        InvalidRequest: there is nothing to choose from.
    """
    if not assets:
        raise InvalidRequest("There is no asset to choose from.")
    left = sorted(assets, key=lambda asset: os.fsencode(asset.path))
    context = _Context(tuple(references), tier in (Tier.BYTES, Tier.PIXELS))
    reasons: list[tuple[str, str]] = []
    for rule in (*rules, Rule("name")):
        if len(left) == 1:
            break
        keys = [_KEYS[rule.name](asset, rule, context, left) for asset in left]
        best = max(keys)
        if any(key != best for key in keys):
            winners = [asset for asset, key in zip(left, keys, strict=True) if key == best]
            other = _next_best(left, keys, best)
            reasons.append(REASONS[rule.name](winners[0], other, rule, left))
            left = winners
    return Choice(left[0], sentence_of(reasons))


@dataclass(frozen=True, slots=True)
class _Context:
    references: tuple[str, ...]
    same_pixels: bool


_Key = Callable[[Asset, Rule, _Context, Sequence[Asset]], Any]


def _next_best(assets: Sequence[Asset], keys: Sequence[Any], best: Any) -> Asset:
    beaten = [pair for pair in zip(assets, keys, strict=True) if pair[1] != best]
    return max(beaten, key=lambda pair: pair[1])[0]


def _parse(part: str) -> Rule:
    name, colon, pattern = part.partition(":")
    name = name.strip().lower()
    if name not in RULES:
        raise InvalidRequest(
            f"The keeper rule {shown(part)!r} is not known.", remedy=f"Known rules: {', '.join(RULES)}."
        )
    takes_pattern = name in PATTERNED
    if (PATTERNED.get(name) and not pattern) or (colon and not pattern) or (pattern and not takes_pattern):
        wanted = f"needs a pattern, as {name}:*" if takes_pattern else "takes nothing after a colon"
        raise InvalidRequest(f"The keeper rule {shown(part)!r} is malformed: {name} {wanted}.")
    return Rule(name, pattern)


def _matches(asset: Asset, pattern: str) -> bool:
    return fnmatchcase(asset.path, pattern) or is_under(asset.path, pattern)


def _is_named(asset: Asset, pattern: str) -> bool:
    return fnmatchcase(PurePath(asset.path).name.lower(), pattern.lower())


def _is_copy(asset: Asset) -> bool:
    return _COPY_NAME.search(PurePath(asset.path).stem) is not None


def _format(asset: Asset, rule: Rule, context: _Context, left: Sequence[Asset]) -> tuple[int, int]:
    if rule.pattern:
        return (int(asset.format.lower() == rule.pattern.lower()), 0)
    known = asset.format in _FORMATS
    keeps = -_FORMATS.index(asset.format) if known else -len(_FORMATS)
    return (int(context.same_pixels and asset.format in _LOSSY), keeps)


def _date(asset: Asset, _: Rule, __: _Context, left: Sequence[Asset]) -> float:
    return -_moment(asset, left)


def _moment(asset: Asset, left: Sequence[Asset]) -> float:
    return asset.taken_at if asset.taken_at is not None and by_taken(left) else asset.mtime_ns


def _name(asset: Asset, _: Rule, __: _Context, left: Sequence[Asset]) -> tuple[int, tuple[int, ...]]:
    raw = os.fsencode(asset.path)
    return (-len(raw), tuple(-byte for byte in raw))


#: For each rule, the value of which the greatest is preferred.
_KEYS: dict[str, _Key] = {
    "reference": lambda asset, _, context, __: is_under_any(asset.path, context.references),
    "path": lambda asset, rule, _, __: _matches(asset, rule.pattern),
    "not-path": lambda asset, rule, _, __: not _matches(asset, rule.pattern),
    "pixels": lambda asset, _, __, left: asset.pixels >= _AS_MANY * max(other.pixels for other in left),
    "camera": lambda asset, _, __, ___: bool(asset.camera) + (asset.taken_at is not None),
    "format": _format,
    "exif": lambda asset, _, __, ___: asset.metadata_fields,
    "bytes": lambda asset, _, __, ___: asset.bytes,
    "smallest": lambda asset, _, __, ___: -asset.bytes,
    "date": _date,
    "newest": lambda asset, _, __, ___: asset.mtime_ns,
    "named": lambda asset, rule, _, __: _is_named(asset, rule.pattern),
    "not-named": lambda asset, rule, _, __: not _is_named(asset, rule.pattern),
    "no-copy": lambda asset, _, __, ___: not _is_copy(asset),
    "name": _name,
}
