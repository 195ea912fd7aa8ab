"""The report of `pinakes duplicates --format html`: one page that needs nothing but itself."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from html import escape
from importlib import resources
from pathlib import PurePosixPath
from typing import Any

from pinakes.cli.output import printable, size

#: What each tier of evidence means: a title for groups, and a sentence for one file.
TIERS = {
    "bytes": ("The same file", "The same bytes."),
    "pixels": ("The same pixels", "Other bytes, exactly the same pixels."),
    "hash": ("The same picture", "The whole picture is the same to the eye."),
    "copy": ("Altered copies", "An altered copy, checked point by point."),
    "similar": ("Similar shots", "It looks alike, and may be another shot."),
}

#: What each turn in the evidence means.
_TURNS = {
    "rotated_90": "turned by 90°",
    "rotated_180": "turned upside down",
    "rotated_270": "turned by 270°",
    "mirrored": "mirrored",
    "mirrored_rotated_90": "mirrored and turned by 90°",
    "mirrored_rotated_180": "mirrored top to bottom",
    "mirrored_rotated_270": "mirrored and turned by 270°",
}

_Thumbnails = Callable[[str], bytes | None]


def render(result: dict[str, Any], thumbnail: _Thumbnails) -> Iterator[str]:
    """Yield the page in pieces, ASCII only, so that no more than one group is in memory beside `result`.

    `result` is the answer of `pinakes duplicates --format json`; `thumbnail` gives the JPEG bytes of a
    content by its SHA-256, or None. Every name is escaped; the page loads and runs nothing.
    """
    for part in _page(result, thumbnail):
        yield part.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _page(result: dict[str, Any], thumbnail: _Thumbnails) -> Iterator[str]:
    groups, counts = result["groups"], result["counts"]
    base = _shared_folder(asset["path"] for group in groups for asset in group["assets"])
    yield _head(counts)
    yield _summary(counts, base)
    yield _filter(group["tier"] for group in groups)
    yield '<main id="groups">\n'
    for group in groups:
        yield _group(group, base, thumbnail)
    if not groups:
        yield '<p class="none">No duplicates were found.</p>\n'
    yield _stacks(result["stacks"])
    yield _refused(result["refused"])
    yield (
        "</main>\n<footer><p>This page changed nothing and loads nothing. "
        "<code>pinakes resolve FOLDER --dry-run</code> shows what would go to the trash, "
        "<code>--apply</code> does it, and <code>pinakes undo</code> takes it back.</p></footer>\n"
        "</body>\n</html>\n"
    )


def _head(counts: dict[str, Any]) -> str:
    style = resources.files("pinakes.cli").joinpath("html_report.css").read_text(encoding="ascii")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{_plural(counts['groups'], 'group')} of duplicates – Pinakes</title>\n"
        f"<style>{style}</style>\n</head>\n"
    )


def _summary(counts: dict[str, Any], base: str) -> str:
    figures = {
        "pictures looked at": f"{counts['pictures']:,}",
        "groups": f"{counts['groups']:,}",
        "files to spare": f"{counts['duplicates']:,}",
        "to be freed": size(counts["reclaimable_bytes"]),
    }
    cells = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in figures.items())
    files, groups = _plural(counts["duplicates"], "file"), _plural(counts["groups"], "group")
    below = f' Folders are shown below <strong class="path">{_text(base)}</strong>.' if base else ""
    return (
        '<body>\n<a class="skip" href="#groups">Skip to the duplicates</a>\n'
        f'<header>\n<p class="brand">Pinakes</p>\n<h1>{files} to spare in {groups}</h1>\n'
        '<p class="lead">In each group the file to keep comes first, with the reason; the others say '
        f"how sure it is that they show the same, and what differs.{below}</p>\n"
        f'<dl class="counts">{cells}</dl>\n</header>\n'
    )


def _filter(found: Iterable[str]) -> str:
    present = set(found)
    if len(present) < 2:
        return ""
    choices = [("all", "All"), *((tier, TIERS[tier][0]) for tier in TIERS if tier in present)]
    labels = "".join(
        f'<label><input type="radio" name="only" id="only-{tier}"'
        f"{' checked' if tier == 'all' else ''}>{words}</label>"
        for tier, words in choices
    )
    return f'<fieldset class="filter"><legend>Show</legend>{labels}</fieldset>\n'


def _group(group: dict[str, Any], base: str, thumbnail: _Thumbnails) -> str:
    title, _ = TIERS.get(group["tier"], (group["tier"], ""))
    kept = next(asset for asset in group["assets"] if asset["path"] == group["keep"])
    others = [asset for asset in group["assets"] if asset is not kept]
    win = group.get("reclaimable_bytes", sum(asset["bytes"] for asset in others))
    number = _text(group["id"])
    shown = _asset(kept, None, base, thumbnail) + "".join(
        _asset(asset, kept, base, thumbnail) for asset in others
    )
    return (
        f'<section class="group tier-{_text(group["tier"])}" aria-labelledby="g-{number}">\n'
        f'<header><h2 id="g-{number}">{_text(title)} <small>{len(others) + 1} files</small></h2>'
        f'<p class="win">{size(win)} to be freed</p><p class="why">{_text(group["why"])}</p></header>\n'
        f'<ul class="assets">\n{shown}</ul>\n<p class="id">Group <code>{number}</code></p>\n</section>\n'
    )


def _asset(asset: dict[str, Any], kept: dict[str, Any] | None, base: str, thumbnail: _Thumbnails) -> str:
    path = PurePosixPath(asset["path"])
    name = _text(path.name)
    facts = f"{asset['width']:,} × {asset['height']:,} · {_format(asset)} · {size(asset['bytes'])}"
    said = "" if kept is None else _evidence(asset) + _differences(asset, kept)
    opened = "<li>" if kept else '<li class="kept">'
    return (
        f"{opened}<figure>"
        f'<div class="frame">{_picture(asset, name, thumbnail)}</div><figcaption>'
        f'<span class="badge">{_text(TIERS[asset["tier"]][0]) if kept else "Keep this one"}</span>'
        f'<p class="name">{name}</p><p class="folder path">{_folder(path, base)}</p>'
        f'<p class="facts">{facts}</p>{said}</figcaption></figure></li>\n'
    )


def _picture(asset: dict[str, Any], name: str, thumbnail: _Thumbnails) -> str:
    encoded = thumbnail(asset["sha256"])
    if encoded is None:
        return "no thumbnail"
    source = base64.b64encode(encoded).decode()
    shown = f'alt="Thumbnail of {name}" loading="lazy" decoding="async"'
    return f'<img {shown} src="data:image/jpeg;base64,{source}">'


def _evidence(asset: dict[str, Any]) -> str:
    _, sentence = TIERS[asset["tier"]]
    detail = asset.get("evidence", {})
    turn = _TURNS.get(detail.get("turn", ""), "mirrored" if detail.get("mirrored") else "")
    exact = asset["tier"] in ("bytes", "pixels")
    score = "" if exact else f" {_sureness(asset['score'])}: {asset['score']:.3f} of 1."
    return f'<p class="score">{sentence}{f" It is {turn}." if turn else ""}{score}</p>'


def _sureness(score: float) -> str:
    return "Very sure" if score >= 0.99 else "Sure" if score >= 0.9 else "Less sure"


def _differences(asset: dict[str, Any], kept: dict[str, Any]) -> str:
    told = []
    if (share := _share(asset["width"] * asset["height"], kept["width"] * kept["height"])) != "100 %":
        told.append(f"{share} of its pixels")
    if (share := _share(asset["bytes"], kept["bytes"])) != "100 %":
        told.append(f"{share} of its bytes")
    if _format(asset) != _format(kept):
        told.append(f"{_format(asset)} instead of {_format(kept)}")
    ours, theirs = PurePosixPath(asset["path"]), PurePosixPath(kept["path"])
    told.append("the same folder" if ours.parent == theirs.parent else "another folder")
    return f'<p class="differs">Beside the one kept: {", ".join(told)}.</p>'


def _share(part: int, whole: int) -> str:
    percent = 100 * part / max(1, whole)
    return f"{percent:.0f} %" if percent >= 1 else "under 1 %"


def _format(asset: dict[str, Any]) -> str:
    return _text(asset.get("format") or PurePosixPath(asset["path"]).suffix.lstrip(".").upper() or "?")


def _folder(path: PurePosixPath, base: str) -> str:
    folder = str(path.parent)
    inside = folder[len(base) :].lstrip("/") if base and folder.startswith(base) else folder
    return _text(inside or ".")


def _stacks(stacks: list[dict[str, Any]]) -> str:
    if not stacks:
        return ""
    items = "".join(
        f"<li><strong>{_text(stack['kind'])}</strong><br>"
        + "<br>".join(f'<span class="path">{_text(path)}</span>' for path in stack["paths"])
        + "</li>"
        for stack in stacks
    )
    count = _plural(len(stacks), "stack")
    return _folded(f"{count}: files that belong together, no duplicates", items)


def _refused(refused: list[dict[str, Any]]) -> str:
    if not refused:
        return ""
    items = "".join(
        f'<li><span class="path">{_text(item["path"])}</span><br><strong>{_text(item["reason"])}</strong> '
        f"{_text(item.get('detail', ''))}</li>"
        for item in refused
    )
    count = _plural(len(refused), "file")
    return _folded(f"{count} that could not be read", items)


def _folded(title: str, items: str) -> str:
    return f"<details><summary>{title}</summary><ul>{items}</ul></details>\n"


def _shared_folder(paths: Iterable[str]) -> str:
    folders = {str(PurePosixPath(path).parent) for path in paths}
    common = os.path.commonpath(folders) if folders else ""
    return "" if common == "/" else common


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _text(value: str) -> str:
    return escape(printable(value))
