"""The files themselves over HTTP, as long as they are what the library says they are."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePath
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header
from fastapi import Path as InPath
from sqlalchemy import select
from starlette.responses import FileResponse, Response

from pinakes.core.errors import NotFound
from pinakes.core.types import Row
from pinakes.db.tables import assets, contents
from pinakes.services.opened import Library

#: Media types of the formats that browsers show, by Pillow's names.
BROWSERS_SHOW = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
    "BMP": "image/bmp",
}

#: Media types of what is only downloaded; a camera's RAW file is bytes to everybody else.
_ONLY_DOWNLOADED = {"TIFF": "image/tiff", "HEIF": "image/heif", "JPEG2000": "image/jp2"}

#: Whatever the bytes are, a browser runs nothing of them, and no other site has them in its pages.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Asked for again each time, for the file may have changed: the tag says whether it has.
    "Cache-Control": "private, no-cache",
}


def original_routes(library: Library) -> APIRouter:
    """Make the route."""
    router = APIRouter(tags=["pictures"])

    @router.get(
        "/assets/{asset}/original",
        summary="The file itself",
        response_class=FileResponse,
        responses={206: {"description": "The asked ranges of it."}, 416: {"description": "It is shorter."}},
    )
    def original(
        asset: Annotated[int, InPath(ge=1, le=2**63 - 1)],
        download: bool = False,
        if_none_match: Annotated[str, Header()] = "",
    ) -> Response:
        """Answer the file, whole or in ranges; to be shown where browsers can, else to be kept.

        Its size and the time of its last change are those of the scan; it is not read for that.
        """
        file = _stored(library, asset)
        found = _unchanged(library, file)
        tag = f'"{file["sha256"]}"'
        if tag in if_none_match:
            return Response(status_code=304, headers={**_HEADERS, "ETag": tag})
        shown = BROWSERS_SHOW.get(file["format"])
        kind = shown or _ONLY_DOWNLOADED.get(file["format"], "application/octet-stream")
        way = "attachment" if download or shown is None else "inline"
        headers = {
            **_HEADERS,
            "ETag": tag,
            "Content-Disposition": f"{way}; {_named(PurePath(file['path']).name)}",
        }
        return FileResponse(file["path"], headers=headers, media_type=kind, stat_result=found)

    return router


def _stored(library: Library, asset: int) -> Row:
    columns = (assets.c.path, assets.c.sha256, assets.c.bytes, assets.c.mtime_ns, contents.c.format)
    query = select(*columns).join(contents, contents.c.sha256 == assets.c.sha256).where(assets.c.id == asset)
    with library.reading() as connection:
        row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"There is no picture {asset} in the library.")
    return dict(row)


def _unchanged(library: Library, file: Row) -> os.stat_result:
    """What the disk says of a file that is what was scanned.

    Raises:
        NotFound: it is gone, or another by now.
        Forbidden: it lies outside of the folders that are served.
    """
    library.confined((file["path"],))
    try:
        found = Path(file["path"]).stat()
    except (OSError, ValueError):
        raise NotFound("The file is not there any more.", remedy="Scan its folder again.") from None
    same = (found.st_size, found.st_mtime_ns) == (file["bytes"], file["mtime_ns"])
    if not (stat.S_ISREG(found.st_mode) and same):
        raise NotFound("The file was changed since it was scanned.", remedy="Scan its folder again.")
    return found


def _named(name: str) -> str:
    """The file's name for Content-Disposition: plain for old browsers, and as it is (RFC 6266)."""
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%' else "_" for c in name)
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(name.encode('utf-8', 'replace'), safe='')}"
