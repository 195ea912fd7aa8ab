"""The pixels tier: contents that decode to exactly the same picture although their bytes differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sqlalchemy import Engine, select, update

from pinakes.core.errors import ImageRefused
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Refusal
from pinakes.db.tables import contents
from pinakes.duplicates.scope import load_assets, portions, reading
from pinakes.images import hashing
from pinakes.images.processes import Workers

#: Stands in the database for a content whose pixels cannot be named (too many frames, gone, damaged).
_UNUSABLE = "unusable"


def equal_pixels(
    engine: Engine,
    folders: Sequence[str],
    sha256s: Iterable[str],
    limits: ImageLimits,
    *,
    workers: Workers,
    watch: Callable[[int, int], None],
) -> list[list[str]]:
    """Return the classes, of two or more contents each, that show exactly the same pixels.

    Decodes each content in full, once ever: the result is stored. Contents whose file is gone, changed or
    cannot be compared are in no class.
    """
    wanted = sorted(set(sha256s))
    named = _known(engine, wanted)
    missing = [sha256 for sha256 in wanted if sha256 not in named]
    places = load_assets(engine, folders, missing)
    jobs = [(places[sha256][0].path, sha256, limits) for sha256 in missing]
    for done, (sha256, name) in enumerate(zip(missing, workers.map(_named, jobs), strict=True), start=1):
        named[sha256] = _UNUSABLE if isinstance(name, Refusal) else name
        with engine.begin() as connection:
            row = {"pixels_sha256": named[sha256]}
            connection.execute(update(contents).where(contents.c.sha256 == sha256).values(row))
        watch(done, len(missing))
    classes: dict[str, list[str]] = defaultdict(list)
    for sha256 in wanted:
        if named[sha256] != _UNUSABLE:
            classes[named[sha256]].append(sha256)
    return [members for members in classes.values() if len(members) > 1]


def _known(engine: Engine, sha256s: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    with reading(engine) as connection:
        for names in portions(sha256s):
            query = select(contents.c.sha256, contents.c.pixels_sha256).where(
                contents.c.sha256.in_(names), contents.c.pixels_sha256.is_not(None)
            )
            found.update({row[0]: row[1] for row in connection.execute(query)})
    return found


def _named(path: str, sha256: str, limits: ImageLimits) -> str:
    try:
        encoded = Path(path).read_bytes()
        if hashing.sha256(encoded) != sha256:
            return _UNUSABLE
        return hashing.pixels_sha256(encoded, limits, suffix=Path(path).suffix.lower())
    except (OSError, ImageRefused):
        return _UNUSABLE
