"""Everything known of one file, gathered from the tables by its content."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlalchemy import Connection, func, select
from starlette.responses import Response

from pinakes.core.errors import NotFound
from pinakes.core.types import Row
from pinakes.db.tables import assets, contents, failures, indexed, texts
from pinakes.schemas.details import AssetDetails
from pinakes.services.http.answers import Json
from pinakes.services.library.viewing.original import BROWSERS_SHOW
from pinakes.services.opened import Library

#: Copies that are listed; beyond it they are only counted.
COPIES = 100

#: Largest number of an asset, as the database holds it.
LARGEST = 2**63 - 1

_FILE = ("path", "bytes", "missing", "outcome", "reason", "detail")

_CONTENT = ("sha256", "format", "mode", "width", "height", "frames", "taken_at")


def details_routes(library: Library) -> APIRouter:
    """Make the route."""
    router = APIRouter(tags=["pictures"])

    @router.get("/assets/{asset}/details", response_model=AssetDetails, summary="What is known of a file")
    def details(asset: Annotated[int, Path(ge=1, le=LARGEST)]) -> Response:
        """Answer the file, its content, what models said of it, and where it can be found."""
        with library.reading() as connection:
            return Json(_told(connection, file_of(connection, asset)))

    return router


def file_of(connection: Connection, asset: int) -> Row:
    """The row of an asset.

    Raises:
        NotFound: there is none.
    """
    row = connection.execute(select(assets).where(assets.c.id == asset)).mappings().first()
    if row is None:
        raise NotFound(
            f"There is no file {asset} in the library.", remedy="It may have been forgotten; scan again."
        )
    return dict(row)


def _told(connection: Connection, file: Row) -> dict[str, Any]:
    folder, name = os.path.split(file["path"])
    return {
        "asset": file["id"],
        **{column: file[column] for column in _FILE},
        "name": name,
        "folder": folder,
        "changed_at": file["mtime_ns"] / 1e9,
        "content": _content(connection, file["sha256"]),
        **_words(connection, file["sha256"]),
        **_copies(connection, file),
        "failures": _failures(connection, file["sha256"]),
        "indexes": _indexes(connection, file["id"]),
    }


def _content(connection: Connection, sha256: str | None) -> dict[str, Any] | None:
    row = connection.execute(select(contents).where(contents.c.sha256 == sha256)).mappings().first()
    if row is None:
        return None
    metadata: Mapping[str, Any] = row["metadata"]
    return {
        **{column: row[column] for column in _CONTENT},
        "metadata": {field: value for field, value in metadata.items() if field != "sources"},
        "sources": metadata.get("sources", {}),
        "shown": row["format"] in BROWSERS_SHOW,
    }


def _words(connection: Connection, sha256: str | None) -> dict[str, list[dict[str, str]]]:
    query = select(texts).where(texts.c.sha256 == sha256, texts.c.value != "").order_by(texts.c.model)
    found: dict[str, list[dict[str, str]]] = {"caption": [], "text": []}
    for row in connection.execute(query).mappings():
        found[row["kind"]].append({"model": row["model"], "value": row["value"]})
    return {"captions": found["caption"], "texts": found["text"]}


def _copies(connection: Connection, file: Row) -> dict[str, Any]:
    if file["sha256"] is None:
        return {"copies": [], "copies_count": 0}
    same = (assets.c.sha256 == file["sha256"], assets.c.id != file["id"], ~assets.c.missing)
    query = (
        select(assets.c.id.label("asset"), assets.c.path).where(*same).order_by(assets.c.path).limit(COPIES)
    )
    return {
        "copies": [dict(row) for row in connection.execute(query).mappings()],
        "copies_count": connection.scalar(select(func.count()).select_from(assets).where(*same)),
    }


def _failures(connection: Connection, sha256: str | None) -> list[dict[str, Any]]:
    columns = [column for column in failures.c if column.name != "sha256"]
    query = select(*columns).where(failures.c.sha256 == sha256).order_by(failures.c.step, failures.c.model)
    return [dict(row) for row in connection.execute(query).mappings()]


def _indexes(connection: Connection, asset: int) -> list[dict[str, Any]]:
    query = (
        select(indexed.c.index, indexed.c.payload).where(indexed.c.asset == asset).order_by(indexed.c.index)
    )
    return [{"index": name, "told": payload not in ("", "?")} for name, payload in connection.execute(query)]
