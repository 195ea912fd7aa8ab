"""A group as the pages are told it: with what each file's metadata says, and what was decided over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Engine, select

from pinakes.core.types import Row, Tier
from pinakes.db.tables import assets, contents
from pinakes.duplicates import reviews
from pinakes.duplicates.resolution.decisions import Said
from pinakes.duplicates.scope import portions, reading
from pinakes.duplicates.types import DuplicateGroup

#: Fields of the metadata that tell copies of a picture apart; those that only a tool would read are left out.
FIELDS = (
    "camera",
    "lens",
    "aperture",
    "exposure_seconds",
    "iso",
    "focal_length",
    "latitude",
    "longitude",
    "title",
    "description",
    "keywords",
    "rating",
    "artist",
    "copyright",
    "software",
    "colour_profile",
    "bit_depth",
    "sidecar",
)

#: Characters of a text that are told; the whole is in the details of the asset.
_LONGEST = 300


def told(
    engine: Engine, groups: Sequence[DuplicateGroup], decided: Mapping[str, Said]
) -> list[dict[str, Any]]:
    """Groups as JSON values, in their order."""
    known = _known(engine, [member.asset.path for group in groups for member in group.members])
    return [_group(group, known, decided.get(group.id)) for group in groups]


def gone(name: str, tier: Tier, decided: Said | None) -> dict[str, Any]:
    """A group none of whose files is there any more."""
    empty = {"keep": "", "why": "", "reclaimable_bytes": 0, "assets": []}
    return {"id": name, "tier": tier.value, **empty, "decided": _said(decided)}


def _group(group: DuplicateGroup, known: Mapping[str, Row], decided: Said | None) -> dict[str, Any]:
    plain = reviews.group_json(group)
    members = [{**member, **known.get(member["path"], {})} for member in plain["assets"]]
    return {**plain, "assets": members, "decided": _said(decided)}


def _said(decided: Said | None) -> dict[str, Any] | None:
    return None if decided is None else {**asdict(decided), "verb": decided.verb.value}


def _known(engine: Engine, paths: Sequence[str]) -> dict[str, Row]:
    columns = (
        assets.c.id,
        assets.c.path,
        assets.c.mtime_ns,
        contents.c.taken_at,
        contents.c.metadata_fields,
        contents.c.placeholder,
        contents.c["metadata"],
    )
    found: dict[str, Row] = {}
    with reading(engine) as connection:
        for names in portions(sorted(set(paths))):
            query = (
                select(*columns)
                .join(contents, assets.c.sha256 == contents.c.sha256)
                .where(assets.c.path.in_(names))
            )
            for number, path, changed, taken, fields, placeholder, metadata in connection.execute(query):
                found[path] = {
                    "asset": number,
                    "changed_at": changed / 1e9,
                    "taken_at": taken,
                    "fields": fields,
                    "placeholder": placeholder,
                    "metadata": _told(metadata),
                }
    return found


def _told(metadata: Mapping[str, Any]) -> dict[str, Any]:
    place = metadata.get("place")
    named = {"place": place} if isinstance(place, dict) else {}
    return {name: _short(metadata[name]) for name in FIELDS if name in metadata} | named


def _short(value: Any) -> Any:
    return value[:_LONGEST] if isinstance(value, (str, list)) else value
