"""Files that a person chose, duplicates or not: the plan that lets them go, checked as it is made."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from pinakes.core.types import Tier
from pinakes.duplicates.resolution.files import Directories, Identity, Objection, check_unchanged, said
from pinakes.duplicates.resolution.plan import Plan, PlannedItem, Verb
from pinakes.duplicates.types import Asset

#: Why such a file goes.
WHY = "You chose it."


@dataclass(frozen=True, slots=True)
class Chosen:
    """The plan for what can go, and by path why the rest cannot."""

    plan: Plan
    refused: dict[str, str]


def choose(assets: Iterable[Asset]) -> Chosen:
    """Plan that assets go to the trash, those left out whose files are not what was scanned.

    Costs one look at each file; where a volume's number has changed since the scan, its bytes are read.
    """
    items: list[PlannedItem] = []
    refused: dict[str, str] = {}
    with Directories() as directories:
        for asset in assets:
            reason = _objection(asset, directories)
            if reason:
                refused[asset.path] = reason
            else:
                items.append(_item(len(items) + 1, asset))
    going = {(item.asset.device, item.asset.inode): item.asset.bytes for item in items}
    return Chosen(Plan(tuple(items), (), sum(going.values())), refused)


def _item(number: int, asset: Asset) -> PlannedItem:
    # The evidence of an asset with itself, which the journal leaves out.
    return PlannedItem(number, Verb.TRASH, "", Tier.BYTES, 1.0, "chosen", asset, asset, WHY)


def _objection(asset: Asset, directories: Directories) -> str:
    directory = os.path.dirname(asset.path)  # noqa: PTH120
    identity = Identity(asset.bytes, asset.mtime_ns, asset.inode, asset.device, asset.sha256)
    try:
        check_unchanged(directories.place(asset.path, asset.folder), identity)
    except Objection as objection:
        return str(objection)
    except OSError as error:
        return f"the system refused: {said(error)}"
    if not os.access(directory, os.W_OK | os.X_OK):
        return "its folder cannot be written"
    return ""
