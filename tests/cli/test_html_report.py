"""The HTML report: complete, escaped, self-contained, in pieces, and readable by ear and by keyboard."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.cli.html_report import TIERS, render
from pinakes.core.types import Tier

THUMBNAIL = b"\xff\xd8\xffjpeg"

#: Elements without an end.
VOID = {"meta", "img", "input", "br"}


class Outline(HTMLParser):
    """The elements and words of a page; an end that fits no beginning is an error."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.opened:
            self.words += data + " "

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def asset(path: str, *, tier: str = "hash", score: float = 0.992, **other: object) -> dict[str, Any]:
    facts = {"sha256": "0" * 64, "bytes": 2000, "width": 400, "height": 300, "format": "JPEG", "evidence": {}}
    return {"path": path, "tier": tier, "score": score, **facts, **other}


def answer(*groups: dict[str, Any], **other: Any) -> dict[str, Any]:
    files = sum(len(group["assets"]) for group in groups)
    counts = {
        "pictures": 9,
        "groups": len(groups),
        "duplicates": files - len(groups),
        "reclaimable_bytes": 1_234_567,
    }
    return {"groups": list(groups), "stacks": [], "refused": [], "counts": counts, **other}


def group(
    *assets: dict[str, Any], tier: str = "hash", why: str = "Kept because it is best."
) -> dict[str, Any]:
    return {
        "id": "0123456789abcdef",
        "tier": tier,
        "keep": assets[0]["path"],
        "why": why,
        "assets": list(assets),
    }


def page(result: dict[str, Any], thumbnail: bytes | None = THUMBNAIL) -> tuple[str, Outline]:
    text = "".join(render(result, lambda _: thumbnail))
    outline = Outline()
    outline.feed(text)
    outline.close()
    assert outline.opened == []
    return text, outline


PAIR = group(
    asset("/p/a/best.png", format="PNG", bytes=4000),
    asset("/p/b/small.jpg", width=200, height=150, evidence={"turn": "rotated_90"}),
)


def test_the_page_says_what_was_found_and_why() -> None:
    _, outline = page(answer(PAIR))
    words = re.sub(r"\s+", " ", outline.words)
    for said in (
        "1 file to spare in 1 group",
        "1.2 MB",
        "Kept because it is best.",
        "Keep this one",
        "best.png",
        "400 × 300 · PNG · 4.0 kB",
        "It is turned by 90°.",
        "0.992 of 1",
        "25 % of its pixels, 50 % of its bytes, JPEG instead of PNG, another folder",
        "Group 0123456789abcdef",
    ):
        assert said in words


def test_the_kept_file_comes_first_wherever_it_stands() -> None:
    turned = {**PAIR, "assets": PAIR["assets"][::-1]}
    _, outline = page(answer(turned))
    items = outline.all("li")
    assert [item.get("class") for item in items] == ["kept", None]
    assert outline.words.index("best.png") < outline.words.index("small.jpg")


def test_nothing_is_loaded_and_nothing_is_run() -> None:
    text, outline = page(answer(PAIR))
    assert {tag for tag, _ in outline.elements}.isdisjoint(
        {"script", "link", "iframe", "object", "form", "base"}
    )
    assert all((image["src"] or "").startswith("data:image/jpeg;base64,") for image in outline.all("img"))
    assert "://" not in text
    assert "url(" not in text
    assert not [name for _, attributes in outline.elements for name in attributes if name.startswith("on")]
    policy = next(
        m["content"] for m in outline.all("meta") if m.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_policy_allows_exactly_the_style_that_is_there() -> None:
    import base64
    import hashlib

    text, _ = page(answer(PAIR))
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in text


HOSTILE = [
    "<script>alert(1)</script>.jpg",
    '" onerror="alert(1).jpg',
    "' onload='alert(1).jpg",
    "&lt;b&gt;.jpg",
    "a\nb\x00\x1b[31m.jpg",
    "caf\udce9.jpg",
    "\u202egpj.exe",
    "--><style>*{display:none}</style>.jpg",
    "</title></style></section>.jpg",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_names(name: str) -> None:
    result = answer(
        group(asset(f"/p/{name}"), asset(f"/p/x/{name}", tier="bytes"), why=f"Kept because of {name}."),
        stacks=[{"id": "1", "kind": "burst", "paths": [f"/p/{name}"]}],
        refused=[{"path": f"/p/{name}", "reason": "damaged", "detail": name}],
    )
    _, hostile = page(result)
    plain = answer(
        group(asset("/p/n"), asset("/p/x/n", tier="bytes"), why="Kept because of n."),
        stacks=[{"id": "1", "kind": "burst", "paths": ["/p/n"]}],
        refused=[{"path": "/p/n", "reason": "damaged", "detail": "n"}],
    )
    _, harmless = page(plain)

    def structure(outline: Outline) -> list[tuple[str, tuple[str, ...]]]:
        return [(tag, tuple(attributes)) for tag, attributes in outline.elements]

    assert structure(hostile) == structure(harmless)
    assert "\x1b" not in hostile.words
    assert "\u202e" not in hostile.words


@given(st.text(min_size=1))
def test_any_name_at_all_is_survived(name: str) -> None:
    _, outline = page(answer(group(asset("/p/a/" + name), asset("/p/b/" + name))))
    assert len(outline.all("figure")) == 2


def test_it_is_ascii_so_that_any_terminal_may_write_it() -> None:
    text, _ = page(answer(group(asset("/写真/é.jpg"), asset("/写真/ü.jpg"))))
    assert text.isascii()


def test_it_can_be_read_by_ear_and_by_keyboard() -> None:
    stacks = [{"id": "1", "kind": "burst", "paths": ["/p/1"]}]
    other = {**PAIR, "id": "fedcba9876543210", "tier": "copy"}
    _, outline = page(answer(PAIR, other, stacks=stacks))
    assert outline.all("html") == [{"lang": "en"}]
    assert all(image["alt"] for image in outline.all("img"))
    labelled = {section["aria-labelledby"] for section in outline.all("section")}
    assert labelled == {heading["id"] for heading in outline.all("h2")}
    assert outline.all("a")[0]["href"] == "#groups"
    assert [main["id"] for main in outline.all("main")] == ["groups"]
    assert [radio["id"] for radio in outline.all("input")] == ["only-all", "only-hash", "only-copy"]
    assert len(outline.all("details")) == len(outline.all("summary")) == 1


def test_it_fits_light_and_dark_and_phones() -> None:
    text, outline = page(answer(PAIR))
    assert "prefers-color-scheme: dark" in text
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in outline.all("meta")


def test_a_missing_thumbnail_is_said() -> None:
    _, outline = page(answer(PAIR), thumbnail=None)
    assert outline.all("img") == []
    assert "no thumbnail" in outline.words


def test_nothing_found_is_said() -> None:
    _, outline = page(answer())
    assert "No duplicates were found." in outline.words


def test_every_tier_has_its_words() -> None:
    assert list(TIERS) == [str(tier) for tier in Tier]


def test_groups_are_written_one_at_a_time() -> None:
    asked: list[str] = []

    def thumbnail(sha256: str) -> bytes:
        asked.append(sha256)
        return THUMBNAIL

    groups = [
        group(asset(f"/p/{n}", sha256=f"{n:064}"), asset(f"/q/{n}", sha256=f"{n:064}")) for n in range(50)
    ]
    parts: Iterator[str] = render(answer(*groups), thumbnail)
    for part in parts:
        if 'class="group' in part:
            break
    assert len(asked) == 2
    assert len(list(parts)) >= 49
