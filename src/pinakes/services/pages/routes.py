"""Serves the built pages: nothing from elsewhere, nothing inline, each file read once."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

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
ADDRESSES = (
    "library",
    "folders",
    "duplicates",
    "trash",
    "journal",
    "search",
    "map",
    "game",
    "work",
    "models",
    "sign-in",
)

#: Paths that need no key: the program of the pages holds nothing of the library.
OPEN_PATHS = ("/", "/icon.svg", "/assets/", *(f"/{name}{end}" for name in ADDRESSES for end in ("", "/")))


def are_built() -> bool:
    """Whether there are pages to serve."""
    return (BUILT / "index.html").is_file()


def page_routes() -> APIRouter:
    """Make a route for each file and address; files are read once, so no request reaches the disk."""
    router = APIRouter(include_in_schema=False)
    files = {str(path.relative_to(BUILT)): path.read_bytes() for path in BUILT.rglob("*") if path.is_file()}
    document = _answer(files.pop("index.html"), "index.html")
    for address in (
        "/",
        *(f"/{name}" for name in ADDRESSES),
        *(f"/{name}/{{rest:path}}" for name in ADDRESSES),
    ):
        router.add_api_route(address, document, methods=["GET", "HEAD"])
    for name, body in files.items():
        router.add_api_route(f"/{name}", _answer(body, name), methods=["GET", "HEAD"])
    return router


def _answer(body: bytes, name: str) -> Callable[[], Response]:
    # The build puts a digest of their content into the names of assets.
    kept = "public, max-age=31536000, immutable" if name.startswith("assets/") else "no-cache"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"

    def answer() -> Response:
        return Response(body, media_type=kind, headers={**HEADERS, "Cache-Control": kept})

    return answer
