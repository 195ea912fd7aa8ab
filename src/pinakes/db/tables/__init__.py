"""The library's tables; importing them here knows them all, which migrations need."""

from pinakes.db.tables.base import metadata
from pinakes.db.tables.duplicates import distinct_pairs, evidence, groups, journal, reviews, stack_members
from pinakes.db.tables.files import assets, contents, directories, scans
from pinakes.db.tables.grid import months, shown
from pinakes.db.tables.indexed import choices, failures, features, indexed, maps, searches, texts
from pinakes.db.tables.jobs import jobs

__all__ = [
    "assets",
    "choices",
    "contents",
    "directories",
    "distinct_pairs",
    "evidence",
    "failures",
    "features",
    "groups",
    "indexed",
    "jobs",
    "journal",
    "maps",
    "metadata",
    "months",
    "reviews",
    "scans",
    "searches",
    "shown",
    "stack_members",
    "texts",
]
