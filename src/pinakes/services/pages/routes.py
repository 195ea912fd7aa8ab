"""Serves the built pages: nothing from elsewhere, nothing inline, each file read once."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from pinakes.core.errors import NotFound

#: Where the build puts them; absent in a checkout that was not built.
BUILT = Path(__file__).resolve().parent / "built"

#: The pages run their own scripts and styles, show pictures of this server, and speak to it alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}

#: The pages' own addresses, each answered with the one document; it asks the API for the rest.
ADDRESSES = ("library", "duplicates", "search", "work")


def are_built() -> bool:
    """Whether there are pages to serve."""
    return (BUILT / "index.html").is_file()


def page_routes() -> APIRouter:
    """Make the routes; files are read once, so that no request reaches the disk or leaves the folder."""
    router = APIRouter(include_in_schema=False)
    files = {str(path.relative_to(BUILT)): path.read_bytes() for path in BUILT.rglob("*") if path.is_file()}

    def document() -> Response:
        headers = {**HEADERS, "Cache-Control": "no-cache"}
        return Response(files["index.html"], media_type="text/html; charset=utf-8", headers=headers)

    @router.api_route("/{name}", methods=["GET", "HEAD"])
    def page(name: str) -> Response:
        return document() if name in ADDRESSES else asset(name)

    @router.api_route("/assets/{name}", methods=["GET", "HEAD"])
    def built(name: str) -> Response:
        return asset(f"assets/{name}", lasting=True)

    def asset(name: str, *, lasting: bool = False) -> Response:
        if name not in files or name == "index.html":
            raise NotFound(f"There is nothing at /{name}.")
        kept = "public, max-age=31536000, immutable" if lasting else "no-cache"
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Response(files[name], media_type=kind, headers={**HEADERS, "Cache-Control": kept})

    router.add_api_route("/", document, methods=["GET", "HEAD"])
    for address in ADDRESSES[1:]:
        router.add_api_route(f"/{address}/{{rest:path}}", document, methods=["GET", "HEAD"])
    return router
