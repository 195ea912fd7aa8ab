"""Pictures of the library by asset and content, and their files, which may have changed or gone."""

from pathlib import Path

import pytest
from tests.search.concepts import ConceptLibrary

from pinakes.core.errors import ImageRefused, NotFound
from pinakes.core.settings import ImageLimits
from pinakes.search.library.pictures import by_asset, by_content


def test_the_file_is_read_while_it_is_what_was_scanned(library: ConceptLibrary, tmp_path: Path) -> None:
    path = tmp_path / "a.JPG"
    path.write_bytes(b"cat")
    asset = library.add("cat", path=str(path), content=b"cat")
    picture = by_asset(library.engine, asset, None)
    assert picture.read(ImageLimits()) == b"cat"
    assert picture.suffix == ".jpg"
    path.write_bytes(b"dog")
    with pytest.raises(ImageRefused, match="changed"):
        picture.read(ImageLimits())
    path.unlink()
    with pytest.raises(ImageRefused, match="cannot be read"):
        picture.read(ImageLimits())


def test_of_copies_that_may_be_seen_the_oldest_is_taken(library: ConceptLibrary) -> None:
    hidden = library.add("cat", path="/photos/theirs/a.jpg", content=b"cat")
    seen = library.add("cat", path="/photos/mine/a.jpg", content=b"cat")
    digest = by_asset(library.engine, seen, None).sha256
    assert by_content(library.engine, digest.upper(), None).asset == hidden
    assert by_content(library.engine, digest, frozenset({2})).asset == seen
    with pytest.raises(NotFound):
        by_content(library.engine, digest, frozenset({3}))


def test_what_is_missing_is_not_there(library: ConceptLibrary) -> None:
    asset = library.add("cat")
    with library.engine.begin() as connection:
        connection.exec_driver_sql("update assets set missing = 1")
    with pytest.raises(NotFound):
        by_asset(library.engine, asset, None)
