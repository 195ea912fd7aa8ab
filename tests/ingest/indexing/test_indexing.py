"""Indexing from end to end over a scanned folder: what is put in, taken out, and never done twice."""

import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from tests import scanning
from tests.indexing import MODEL, Here, NotingCaptioner, Shelf, name_of, shelf, vector_of
from tests.pictures import encoded, exif, picture, shapes
from tests.scanning import scan

from pinakes.core.errors import InvalidRequest, ServiceUnavailable
from pinakes.core.types import ModelIdentity, Reason, Refusal
from pinakes.db.session import open_database
from pinakes.db.tables import contents, failures
from pinakes.ingest import pipeline
from pinakes.ingest.doubts import doubt
from pinakes.ingest.indexing.report import IndexProgress
from pinakes.vectors.points import Point
from pinakes.words.base import Document, WordField


@pytest.fixture(autouse=True)
def no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scan in this process: starting others takes longer than all the rest."""
    monkeypatch.setattr(scanning, "Scan", partial(pipeline.Scan, make_runner=Here))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three pictures, one of them twice."""
    folder = tmp_path / "photos"
    picture(folder / "IMG_2019-beach_day.jpg", 1)
    picture(folder / "sub" / "2.png", 2, "PNG")
    shutil.copy2(folder / "IMG_2019-beach_day.jpg", folder / "sub" / "copy.jpg")
    picture(folder / "3.jpg", 3, exif=exif(Model="Box", DateTimeOriginal="2024:05:01 10:00:00"))
    return folder


@pytest.fixture
def state(tmp_path: Path, photos: Path) -> Path:
    scan(tmp_path / "state", photos)
    return tmp_path / "state"


@pytest.fixture
def engine(state: Path) -> Iterator[Engine]:
    engine = open_database(state)
    yield engine
    engine.dispose()


@pytest.fixture
def library(engine: Engine) -> Shelf:
    return shelf(engine)


def test_every_present_picture_is_findable_and_copies_are_embedded_once(library: Shelf) -> None:
    report = library.index()
    assert report.counts["embedded"] == len(library.embedder.asked) == len(set(library.embedder.asked)) == 3
    assert set(library.points()) == {"IMG_2019-beach_day.jpg", "2.png", "copy.jpg", "3.jpg"}
    assert report.counts["indexed"] == 4
    assert len(library.words.documents) == 4


def test_points_hold_the_vector_of_the_file_and_what_is_known(library: Shelf, photos: Path) -> None:
    library.index()
    (point,) = [
        point
        for point in library.collection.scroll(after=None, limit=10, folders=None)
        if point.payload.get("camera") == "box"
    ]
    assert (point.vector == vector_of((photos / "3.jpg").read_bytes())).all()
    assert point.payload["taken_at"] == 1714557600.0
    assert point.payload["type"] == "jpeg"
    assert point.payload["sha256"] == name_of((photos / "3.jpg").read_bytes())


def test_a_second_run_asks_and_writes_nothing(library: Shelf) -> None:
    library.index()
    library.embedder.asked.clear()
    written = library.words.written
    report = library.index()
    assert not any(report.counts.values())
    assert library.embedder.asked == []
    assert library.words.written == written


def test_a_moved_picture_keeps_its_embedding_and_gets_another_point(
    library: Shelf, photos: Path, state: Path
) -> None:
    library.index()
    before = library.points()["2.png"]
    (photos / "else").mkdir()
    (photos / "sub" / "2.png").rename(photos / "else" / "two.png")
    scan(state, photos)
    report = library.index()
    assert report.counts == {**report.counts, "embedded": 0, "indexed": 1, "removed": 1}
    assert "2.png" not in library.points()
    assert library.points()["two.png"]["folder"] != before["folder"]


def test_a_changed_picture_is_embedded_and_its_old_point_goes(
    library: Shelf, photos: Path, state: Path
) -> None:
    library.index()
    picture(photos / "3.jpg", 9)
    scan(state, photos)
    report = library.index()
    assert report.counts["embedded"] == 1
    assert len(library.points()) == library.collection.count(folders=None) == 4
    assert library.points()["3.jpg"]["sha256"] == name_of((photos / "3.jpg").read_bytes())


def test_what_is_deleted_is_in_no_index_and_back_without_being_embedded_again(
    library: Shelf, photos: Path, state: Path
) -> None:
    library.index()
    kept = (photos / "3.jpg").read_bytes()
    (photos / "3.jpg").unlink()
    scan(state, photos)
    assert library.index().counts["removed"] == 1
    assert "3.jpg" not in library.points()
    assert len(library.words.documents) == 3
    (photos / "3.jpg").write_bytes(kept)
    scan(state, photos)
    report = library.index()
    assert (report.counts["embedded"], report.counts["indexed"]) == (0, 1)
    assert "3.jpg" in library.points()


def test_only_the_folders_that_were_asked_for_are_touched(library: Shelf, photos: Path) -> None:
    library.index([photos / "sub"])
    assert set(library.points()) == {"2.png", "copy.jpg"}
    library.index([photos])
    assert len(library.points()) == 4


def test_metadata_that_was_retold_changes_the_payload_alone(
    library: Shelf, photos: Path, state: Path
) -> None:
    library.index()
    library.embedder.asked.clear()
    sidecar = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>'
    )
    (photos / "3.jpg.xmp").write_text(sidecar)
    scan(state, photos)
    report = library.index()
    assert report.counts["indexed"] == 1
    assert library.embedder.asked == []
    assert library.points()["3.jpg"]["rating"] == 4


def test_what_a_model_refuses_is_listed_and_asked_again_only_when_wanted(
    library: Shelf, photos: Path, engine: Engine
) -> None:
    bad = (photos / "3.jpg").read_bytes()
    no = Refusal(Reason.MODEL_FAILED, "The model failed on it.")
    library.embedder.refuse = lambda image: no if image == bad else None
    report = library.index()
    assert report.counts["refused"] == 1
    assert [(refused.path, refused.reason) for refused in report.refused] == [
        (str(photos / "3.jpg"), "model-failed")
    ]
    assert report.reasons == {"embed": {"model-failed": 1}}
    assert len(library.points()) == 3
    assert len(library.words.documents) == 4
    library.embedder.asked.clear()
    library.index()
    assert library.embedder.asked == []
    library.index(again=True)
    assert library.embedder.asked == [name_of(bad)]
    with engine.connect() as connection:
        assert connection.scalar(select(failures.c.attempts)) == 2
    library.embedder.refuse = lambda _: None
    assert library.index(again=True).counts["embedded"] == 1
    assert len(library.points()) == 4
    with engine.connect() as connection:
        assert connection.scalar(select(failures.c.attempts)) is None


def test_a_service_that_goes_away_costs_nothing_that_was_done(library: Shelf) -> None:
    def fail(asked: int) -> None:
        if asked:
            raise ServiceUnavailable("It is away.")

    library.embedder.fail = fail
    with pytest.raises(ServiceUnavailable):
        library.index(unit=1)
    first = list(library.embedder.asked)
    library.embedder.fail = lambda _: None
    library.index()
    assert len(library.embedder.asked) == len(set(library.embedder.asked)) == 3
    assert first == library.embedder.asked[: len(first)] != []


def test_a_watch_that_raises_stops_the_run_and_what_was_done_stays(library: Shelf) -> None:
    class Enough(Exception):
        pass

    def watch(progress: IndexProgress) -> None:
        if progress.done:
            raise Enough

    with pytest.raises(Enough):
        library.indexing(unit=1).run(None, watch=watch)
    assert library.embedder.asked
    library.index()
    assert len(library.embedder.asked) == len(set(library.embedder.asked)) == 3


def test_a_collection_of_another_model_is_refused(library: Shelf) -> None:
    library.embedder.identity = ModelIdentity("other", "1", "whole-file", 9)
    with pytest.raises(InvalidRequest, match="other@1") as refused:
        library.index()
    assert MODEL.key in str(refused.value)
    assert library.embedder.asked == []


def test_captions_and_text_reach_the_words_of_every_copy_and_are_made_once(library: Shelf) -> None:
    captioner, reader = NotingCaptioner(), NotingCaptioner()
    report = library.index(captioner=captioner, reader=reader)
    assert report.counts["captioned"] == report.counts["read"] == len(captioner.asked) == 3
    for document in library.words.documents.values():
        assert document.words[WordField.CAPTION].startswith("a picture of")
        assert document.words[WordField.TEXT].startswith("EXIT")
    library.index(captioner=captioner, reader=reader)
    assert len(captioner.asked) == len(reader.asked) == 3


def test_a_file_that_cannot_be_read_now_is_read_by_a_copy_or_on_another_day(
    library: Shelf, photos: Path
) -> None:
    (photos / "IMG_2019-beach_day.jpg").unlink()  # since the scan
    (photos / "3.jpg").write_bytes(encoded(shapes(8)))
    report = library.index()
    assert report.counts["embedded"] == 2
    assert [(Path(r.path).name, r.reason) for r in report.refused] == [("3.jpg", "changed-while-read")]
    assert library.index().counts["refused"] == 1


def test_an_index_that_was_lost_is_filled_again_without_embedding(library: Shelf, engine: Engine) -> None:
    library.index()
    fresh = shelf(engine)
    report = fresh.index()
    assert fresh.embedder.asked == []
    assert report.counts["indexed"] == 4
    assert set(fresh.points()) == set(library.points())


def test_a_point_that_was_written_just_before_a_kill_goes_with_its_picture(
    library: Shelf, photos: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    upsert = library.collection.upsert

    def upsert_and_die(points: Sequence[Point]) -> None:
        upsert(points)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(library.collection, "upsert", upsert_and_die)
        with pytest.raises(Killed):
            library.index()
    assert "3.jpg" in library.points()
    (photos / "3.jpg").unlink()
    scan(state, photos)
    library.index()
    assert set(library.points()) == {"IMG_2019-beach_day.jpg", "2.png", "copy.jpg"}


def test_what_is_told_anew_while_it_is_put_in_is_put_in_again(
    library: Shelf, engine: Engine, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upsert = library.words.upsert
    sha256 = name_of((photos / "3.jpg").read_bytes())

    def upsert_meanwhile(documents: Sequence[Document]) -> None:
        upsert(documents)
        with engine.begin() as connection:
            connection.execute(
                update(contents).where(contents.c.sha256 == sha256).values(metadata={"title": "New"})
            )
            doubt(connection, [sha256])

    with monkeypatch.context() as patch:
        patch.setattr(library.words, "upsert", upsert_meanwhile)
        library.index()
    library.index()
    titles = [document.words.get(WordField.TITLE) for document in library.words.documents.values()]
    assert "New" in titles


def test_progress_counts_up_to_its_total(library: Shelf) -> None:
    heard: list[IndexProgress] = []
    library.indexing(unit=1).run(None, watch=heard.append)
    embedding = [progress for progress in heard if progress.phase == "embed"]
    assert (embedding[0].done, embedding[0].total) == (0, 3)
    assert (embedding[-1].done, embedding[-1].total) == (3, 3)
    assert [progress.phase for progress in heard][-1] == "index"
