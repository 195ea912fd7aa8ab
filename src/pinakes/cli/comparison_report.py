"""How answers would change with another model, as a table and as a page with pictures side by side."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any

from pinakes.cli import output

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
body{color:#1a1a1a;background:#fff}
h2{margin:2.5rem 0 .2rem;font-size:1.15rem}p{margin:.2rem 0 .8rem}
.side{display:flex;gap:.5rem;overflow-x:auto;margin:.2rem 0 .8rem;padding:0;list-style:none}
li{flex:0 0 8rem;font-size:.8rem;overflow-wrap:anywhere}
img{width:8rem;height:8rem;object-fit:cover;display:block}
.new img{outline:3px solid #b35900}
@media (prefers-color-scheme:dark){body{color:#eee;background:#161616}}
"""


def write_table(found: dict[str, Any]) -> None:
    """Write a line for each search, those that change most first, and the means."""
    output.write_line(f"now   {found['now']}")
    output.write_line(f"then  {found['then']}")
    output.write_line()
    output.write_line(f"{'shared':>6}  {'order':>5}  {'moved':>5}  search")
    for each in found["searches"]:
        if each["error"]:
            output.write_line(f"{'-':>6}  {'-':>5}  {'-':>5}  {each['text']}  ({each['error']})")
            continue
        output.write_line(
            f"{each['overlap']:>6.0%}  {each['agreement']:>5.2f}  {each['moved']:>5.1f}  {each['text']}"
        )
    if found["overlap"] is not None:
        output.write_line(
            f"{found['overlap']:>6.0%}  {found['agreement']:>5.2f}  {'':>5}  (mean, first {found['limit']})"
        )


def write_page(found: dict[str, Any], path: Path, state: Path) -> None:
    """Write a page that needs nothing but itself; thumbnails come from the library in `state`."""
    from pinakes.blobs.local import LocalBlobStore
    from pinakes.core.errors import InvalidRequest

    thumbnails = LocalBlobStore(state / "thumbnails")
    try:
        with path.open("w", encoding="ascii", errors="xmlcharrefreplace") as file:
            file.writelines(_page(found, thumbnails))
    except OSError as error:
        raise InvalidRequest(f"{str(path)!a} cannot be written: {error.strerror}.") from error
    output.note(f"The page is {path}.")


def _page(found: dict[str, Any], thumbnails: Any) -> Iterator[str]:
    yield '<!doctype html><html lang="en"><meta charset="utf-8"><title>Two models compared</title>'
    yield f"<style>{_STYLE}</style><h1>Two models compared</h1>"
    yield f"<p>Now: {escape(found['now'])}<br>Then: {escape(found['then'])}</p>"
    for each in found["searches"]:
        yield f"<h2>{_text(each['text'])}</h2>"
        if each["error"]:
            yield f"<p>{_text(each['error'])}</p>"
            continue
        yield f"<p>{each['overlap']:.0%} of the first {found['limit']} are the same.</p>"
        for side in ("now", "then"):
            yield f'{side.capitalize()}<ol class="side">'
            yield from (_hit(hit, found["limit"], thumbnails) for hit in each[side])
            yield "</ol>"
    yield "</html>\n"


def _hit(hit: dict[str, Any], limit: int, thumbnails: Any) -> str:
    picture = thumbnails.get(hit["sha256"]) if hit["sha256"] else None
    name = _text(PurePosixPath(hit["path"] or "").name)
    source = f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}" if picture else "data:,"
    elsewhere = hit["other"] is None or hit["other"] > limit
    where = "not among the first hundred" if hit["other"] is None else f"{hit['other']} on the other side"
    return (
        f'<li class="{"new" if elsewhere else "same"}"><img src="{source}" alt="{name}" loading="lazy">'
        f"{hit['rank']} ({where})<br>{name}</li>"
    )


def _text(name: str) -> str:
    """Any text for a page: bytes of names that are no UTF-8 come out as the replacement character."""
    return escape(output.printable(os.fsencode(name).decode("utf-8", "replace")))
