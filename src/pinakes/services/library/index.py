"""The page at /: what this is, how the library stands, and where the API begins; nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from fastapi import APIRouter
from sqlalchemy import func, select
from starlette.responses import Response

from pinakes.db.tables import assets, contents, reviews
from pinakes.jobs.job import Job
from pinakes.jobs.runner import Jobs
from pinakes.services.opened import Library

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;"
    "color:#1d1d1f;background:#fbfaf8}h1{margin-bottom:0}table{border-collapse:collapse}"
    "td,th{text-align:left;padding:.2rem 1.5rem .2rem 0;vertical-align:top}code{font-size:.95em}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#1b1b1d}a{color:#8ab4f8}}"
)

_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

#: Sent with the page: it loads nothing, runs nothing, and is shown in nobody's frame.
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

#: Paths that are worth a click.
_LINKS = (
    ("/api/v1/jobs", "everything that runs or ran, its progress and counts"),
    ("/api/v1/scans", "scans, their progress and counts"),
    ("/api/v1/reviews", "searches for duplicates and what they found"),
    ("/api/v1/assets", "the files of the library"),
    ("/api/v1/acts", "what was done, and can be undone"),
    ("/api/v1/journal", "every line of the journal"),
    ("/openapi.json", "the whole API, described"),
    ("/metrics", "numbers for Prometheus"),
    ("/health", "whether it can serve"),
)


def index_routes(library: Library, jobs: Jobs) -> APIRouter:
    """Make the route."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/", methods=["GET", "HEAD"])
    def index() -> Response:
        return Response(_page(library, jobs), media_type="text/html; charset=utf-8", headers=HEADERS)

    return router


def _page(library: Library, jobs: Jobs) -> str:
    counts = "".join(_row(name, f"{number:,}") for name, number in _counts(library).items())
    links = "".join(f'<tr><td><a href="{path}"><code>{path}</code></a><td>{text}' for path, text in _LINKS)
    roots = "".join(f"<li><code>{_shown(root)}</code>" for root in library.roots) or "<li>none"
    scans = jobs.page(kinds=["scan", "ingest"], limit=1)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Pinakes</title><style>{_STYLE}</style>"
        "<h1>Pinakes</h1><p>Find the duplicates among your pictures, see why, and take any decision back."
        f"<h2>The library</h2><table>{counts}</table>"
        f"<p>Last scan or ingestion: {_scan(scans[0]) if scans else 'none yet'}."
        f"<p>Folders that may be scanned and changed here:<ul>{roots}</ul>"
        f"<h2>The API</h2><table>{links}</table>"
        "<p>On the command line, <code>pinakes duplicates FOLDER</code> shows what is duplicated.</html>"
    )


def _counts(library: Library) -> dict[str, int]:
    with library.reading() as connection:
        by_outcome = {
            str(outcome): number
            for outcome, number in connection.execute(
                select(assets.c.outcome, func.count()).where(~assets.c.missing).group_by(assets.c.outcome)
            )
        }
        pictures = connection.scalar(select(func.count()).select_from(contents)) or 0
        newest = connection.scalar(select(reviews.c.counts).order_by(reviews.c.made_at.desc()).limit(1)) or {}
    named = {f"files {name}": by_outcome.get(name, 0) for name in ("stored", "skipped", "refused")}
    found = {"duplicate groups in the last search": newest.get("groups", 0)} if newest else {}
    return {"distinct pictures": pictures, **named, **found}


def _scan(job: Job) -> str:
    of = f" of {job.total:,}" if job.total is not None else ""
    return f"{job.state.value}, {job.done:,}{of} {'files' if job.kind == 'scan' else 'pictures'}"


def _row(name: str, text: str) -> str:
    return f"<tr><th>{escape(name)}<td>{escape(text)}"


def _shown(path: str) -> str:
    return escape(path.encode("utf-8", "backslashreplace").decode("utf-8"))
