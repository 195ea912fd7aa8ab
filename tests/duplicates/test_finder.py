"""The search over a small library of real photos and copies whose truth is known."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from skimage import data
from sqlalchemy import Engine, delete, func, select

from pinakes.blobs.local import LocalBlobStore
from pinakes.core.errors import InvalidRequest
from pinakes.core.protocols import Embedder
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Tier
from pinakes.db.session import open_database
from pinakes.db.tables import contents, evidence, features
from pinakes.duplicates import presets, reviews
from pinakes.duplicates.finder import Finder, Question, Review, parse_tiers, removable
from pinakes.ingest.pipeline import Scan
from pinakes.ingest.source import Walk
from pinakes.services.chosen.embedders import built_in_embedder

LIMITS = ImageLimits()


def write(folder: Path) -> dict[str, str]:
    """Write the library; returns the original that each file was made from."""
    truth: dict[str, str] = {}
    for name, pixels in (("cat", data.chelsea()), ("astronaut", data.astronaut()), ("coffee", data.coffee())):
        photo = Image.fromarray(pixels)
        width, height = photo.size
        made = {
            f"{name}.png": photo,
            f"{name}-again.bmp": photo,
            f"{name}.jpg": photo,
            f"{name}-small.jpg": photo.resize((width // 2, height // 2)),
            f"{name}-turned.jpg": photo.transpose(Image.Transpose.ROTATE_90),
            f"{name}-mirrored.jpg": ImageOps.mirror(photo),
            f"{name}-crop.jpg": photo.crop((width // 6, height // 6, width * 9 // 10, height * 9 // 10)),
        }
        for file, image in made.items():
            image.save(folder / file)
            truth[file] = name
        shutil.copy(folder / f"{name}.jpg", folder / f"copy of {name}.jpg")
        truth[f"copy of {name}.jpg"] = name
    for file, pixels in (
        ("rocket.jpg", data.rocket()),
        ("hubble.jpg", data.hubble_deep_field()),
        ("moon.png", data.moon()),
    ):
        Image.fromarray(pixels).save(folder / file)
        truth[file] = file
    Image.fromarray(np.zeros((300, 400, 3), np.uint8)).save(folder / "black.png")
    Image.fromarray(np.full((300, 400, 3), 250, np.uint8)).save(folder / "white.png")
    return truth | {"black.png": "black", "white.png": "white"}


class Library:
    """A scanned library and the way to search it."""

    def __init__(self, top: Path) -> None:
        self.photos = top / "photos"
        self.photos.mkdir()
        self.truth = write(self.photos)
        self.engine: Engine = open_database(top / "state")
        self.thumbnails = LocalBlobStore(top / "state" / "thumbnails")
        self.scan()

    def scan(self) -> None:
        """Bring the library up to date."""
        Scan(self.engine, self.thumbnails, LIMITS, 2).run(Walk((str(self.photos),)))

    def find(self, tiers: str = "bytes,pixels,hash,copy", preset: str = "", **fields: object) -> Review:
        """Search all of it."""
        question = Question((str(self.photos),), parse_tiers(tiers), presets.parse(preset))

        def embedder() -> Embedder:
            return built_in_embedder(LIMITS)

        finder = Finder(self.engine, self.thumbnails, LIMITS, workers=2, embedder=embedder)
        return finder.find(replace(question, **fields), lambda *_: None)

    def pairs(self, review: Review) -> set[frozenset[str]]:
        """Names of the files that share a group."""
        return {
            frozenset((Path(a.asset.path).name, Path(b.asset.path).name))
            for group in review.groups
            for a, b in combinations(group.members, 2)
        }

    def names(self, review: Review) -> list[tuple[str, list[str]]]:
        """Tier and files of each group."""
        return [(g.tier.value, sorted(Path(m.asset.path).name for m in g.members)) for g in review.groups]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("library"))


def test_bytes_alone_finds_the_same_bytes_and_nothing_else(library: Library) -> None:
    assert library.names(library.find("bytes")) == [
        ("bytes", sorted([f"copy of {name}.jpg", f"{name}.jpg"])) for name in ("coffee", "astronaut", "cat")
    ]


def test_pixels_finds_the_same_picture_in_another_format(library: Library) -> None:
    found = library.names(library.find("pixels"))
    assert sorted(names for _, names in found) == [
        [f"{name}-again.bmp", f"{name}.png"] for name in ("astronaut", "cat", "coffee")
    ]
    assert {tier for tier, _ in found} == {"pixels"}


def test_every_copy_is_found_and_nothing_else(library: Library) -> None:
    wanted = {
        frozenset(pair)
        for pair in combinations(library.truth, 2)
        if library.truth[pair[0]] == library.truth[pair[1]]
    }
    found = library.pairs(library.find())
    assert found <= wanted
    # A crop need not match a mirrored half-size copy, but each matches the original; and files that show the
    # very same pixels stand for one another where one of them is in a second group.
    assert {pair for pair in wanted if any(name.endswith(".png") for name in pair)} <= found


def test_plain_pictures_are_nobodys_copies(library: Library) -> None:
    found = library.pairs(library.find("hash,copy,similar", "loose"))
    assert not {name for pair in found for name in pair} & {"black.png", "white.png"}


def test_each_file_is_tied_to_the_kept_one_by_evidence_with_its_method(library: Library) -> None:
    group = next(g for g in library.find().groups if g.keep.path.endswith("cat.png"))
    ties = {Path(m.asset.path).name: m for m in group.members}
    assert ties["cat.png"].method == "kept"
    assert ties["cat-again.bmp"].tier is Tier.PIXELS
    assert ties["cat-turned.jpg"].detail["turn"].startswith("rotated")
    assert all(0 < member.score <= 1 and member.method for member in group.members)


def test_the_same_library_gives_the_same_answer_and_computes_nothing_again(library: Library) -> None:
    first = reviews.as_json(library.find("bytes,pixels,hash,copy,similar"))
    with library.engine.connect() as connection:
        before = [
            connection.scalar(select(func.count()).select_from(table)) for table in (features, evidence)
        ]
    assert reviews.as_json(library.find("bytes,pixels,hash,copy,similar")) == first
    with library.engine.connect() as connection:
        after = [connection.scalar(select(func.count()).select_from(table)) for table in (features, evidence)]
    assert after == before


def test_a_search_broken_off_while_verifying_goes_on(library: Library) -> None:
    whole = library.find()
    with library.engine.begin() as connection:
        connection.execute(delete(evidence).where(evidence.c.a < "8"))
        connection.execute(delete(features).where(features.c.model == "local-compared"))
    assert reviews.as_json(library.find()) == reviews.as_json(whole)


def test_a_lost_thumbnail_is_made_again(library: Library) -> None:
    whole = library.find()
    with library.engine.begin() as connection:
        names = connection.scalars(select(contents.c.sha256)).all()
        connection.execute(delete(evidence))
        connection.execute(delete(features))
    for name in names[::2]:
        library.thumbnails.delete(name)
    assert reviews.as_json(library.find()) == reviews.as_json(whole)
    assert all(library.thumbnails.get(name) for name in names if name)


def test_a_reference_folder_decides_who_is_kept(library: Library) -> None:
    chosen = library.photos / "cat-small.jpg"
    review = library.find(references=(str(chosen),))
    group = next(g for g in review.groups if any(m.asset.path == str(chosen) for m in g.members))
    assert group.keep.path == str(chosen)
    assert "reference" in group.why


def test_a_review_is_stored_and_paged(library: Library) -> None:
    review = library.find()
    name = reviews.save(library.engine, review)
    first = reviews.page(library.engine, name, limit=1)
    rest = reviews.page(library.engine, name, after=first[-1][0])
    assert [group.id for _, group in first + rest] == [group.id for group in review.groups]
    assert reviews.named(library.engine, [review.groups[-1].id])[0] == review.groups[-1]
    copies = reviews.page(library.engine, name, tier=Tier.COPY)
    assert [group.id for _, group in copies] == [g.id for g in review.groups if g.tier is Tier.COPY]


def test_what_can_be_won_counts_each_file_once(library: Library) -> None:
    review = library.find()
    files, size = removable(review.groups)
    kept = {group.keep.path for group in review.groups}
    extra = {
        m.asset.path: m.asset.bytes for g in review.groups for m in g.members if m.asset.path not in kept
    }
    assert (files, size) == (len(extra), sum(extra.values()))


@pytest.mark.parametrize("text", ["", "bites", "bytes,nothing"])
def test_an_unknown_tier_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidRequest, match="tier"):
        parse_tiers(text)


def test_presets_apply_to_all_tiers_or_to_one() -> None:
    assert set(presets.parse("strict").values()) == {"strict"}
    assert presets.parse("loose,copy=strict") == {
        Tier.HASH: "loose",
        Tier.COPY: "strict",
        Tier.SIMILAR: "loose",
    }
    with pytest.raises(InvalidRequest, match="medium"):
        presets.parse("copy=medium")
