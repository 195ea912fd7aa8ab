"""Reports of a real library: every file in every format, and nothing a spreadsheet could run."""

import base64
import csv
import io
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from tests.pictures import encoded, exif, picture, shapes
from tests.scanning import scan_of
from tests.stepping import Here

from pinakes.core.errors import NotFound
from pinakes.db.tables import assets, failures, groups, indexed, reviews, texts
from pinakes.ingest.reports import forms, rows
from pinakes.ingest.reports.columns import COLUMNS
from pinakes.ingest.reports.forms import Form, written
from pinakes.ingest.reports.rows import everything, within
from pinakes.ingest.reports.summary import summed_up
from pinakes.ingest.source import Walk, resolve_folders

FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports") / "photos"
    picture(folder / "1.jpg", 1)
    picture(folder / "sub" / "line\nbreak.png", 2, "PNG")
    shutil.copy2(folder / "1.jpg", folder / "sub" / "caf\udce9.jpg")
    told = exif(DateTimeOriginal="2024:05:01 10:00:00", Model="Box", ImageDescription=FORMULA)
    (folder / "3.jpg").write_bytes(encoded(shapes(3), exif=told))
    (folder / "notes.txt").write_text("words")
    (folder / "broken.jpg").write_bytes(encoded(shapes(4))[:2000])
    (folder / "gone.jpg").write_bytes(encoded(shapes(5)))
    return folder


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, photos: Path) -> Iterator[Engine]:
    engine, scan = scan_of(tmp_path_factory.mktemp("state"))
    walk = Walk(resolve_folders([photos]))
    replace(scan, make_runner=Here).run(walk)
    (photos / "gone.jpg").unlink()
    replace(scan, make_runner=Here).run(walk)
    _say_of(engine, photos)
    yield engine
    engine.dispose()


def _say_of(engine: Engine, photos: Path) -> None:
    with engine.begin() as connection:
        row = connection.execute(select(assets).where(assets.c.path == str(photos / "3.jpg"))).one()
        members = [{"path": str(photos / "1.jpg")}, {"path": str(photos / "sub" / "caf\udce9.jpg")}]
        said = {"sha256": row.sha256, "model": "eye@1+x"}
        connection.execute(
            insert(texts),
            [{**said, "kind": "caption", "value": "a box"}, {**said, "kind": "text", "value": ""}],
        )
        refused = {
            "step": "embed",
            "reason": "model-failed",
            "detail": "No.",
            "attempts": 1,
            "failed_at": 0.0,
        }
        connection.execute(insert(failures), [{**said, **refused}])
        found = {"asset": row.id, "sha256": row.sha256, "payload": ""}
        connection.execute(insert(indexed), [{**found, "index": "clip-1"}, {**found, "index": "words"}])
        counts = {"pictures": 4, "groups": 1, "removable": 1, "bytes": 10}
        for name, made_at in (("old", 1.0), ("new", 2.0)):
            about = {"scope": {"folders": [str(photos)]}, "counts": counts, "stacks": []}
            connection.execute(insert(reviews), [{"id": name, "made_at": made_at, **about}])
            group = {"review": name, "position": 0, "id": f"g-{name}", "tier": "bytes", "reclaimable": 10}
            connection.execute(insert(groups), [{**group, "body": {"why": "", "members": members}}])


def report(engine: Engine, form: Form) -> bytes:
    return b"".join(written(form, everything(engine)))


def as_rows(engine: Engine, form: Form) -> dict[str, dict[str, Any]]:
    content = report(engine, form)
    if form is Form.PARQUET:
        parquet = pytest.importorskip("pyarrow.parquet")
        found = parquet.read_table(io.BytesIO(content)).to_pylist()
    elif form is Form.CSV:
        found = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
    elif form is Form.JSONL:
        found = [json.loads(line) for line in content.splitlines()]
    else:
        found = json.loads(content)
    return {Path(row["path"]).name: row for row in found}


@pytest.mark.parametrize("form", Form)
def test_every_file_is_a_row_of_every_format(library: Engine, form: Form) -> None:
    found = as_rows(library, form)
    assert len(found) == 7
    assert {tuple(row) for row in found.values()} == {tuple(column.name for column in COLUMNS)}
    outcomes = [found[name]["outcome"] for name in ("1.jpg", "notes.txt", "broken.jpg")]
    assert outcomes == ["stored", "skipped", "refused"]


@pytest.mark.parametrize("form", [Form.JSON, Form.PARQUET])
def test_what_is_known_of_a_file_is_in_its_row(library: Engine, form: Form) -> None:
    row = as_rows(library, form)["3.jpg"]
    assert (row["width"], row["height"], row["format"], row["camera"]) == (256, 192, "JPEG", "Box")
    assert (row["taken_at"], row["taken_at_source"]) == ("2024-05-01T10:00:00", "EXIF:DateTimeOriginal")
    assert (row["caption"], row["caption_by"]) == ("a box", ["eye@1+x"])
    assert (row["text"], row["text_by"]) == (None, ["eye@1+x"])
    assert row["indexed_in"] == ["clip-1", "words"]
    assert row["failures"] == ["embed: model-failed: No. (eye@1+x)"]
    assert row["description"] == FORMULA


def test_the_group_of_the_last_review_is_told(library: Engine) -> None:
    found = as_rows(library, Form.JSON)
    told = [(found[name]["duplicate_group"], found[name]["duplicate_keep"]) for name in ("1.jpg", "3.jpg")]
    assert told == [("g-new", True), (None, None)]
    assert found["caf\udce9.jpg"]["duplicate_keep"] is False


def test_refusals_say_why_and_what_is_gone_is_marked(library: Engine) -> None:
    found = as_rows(library, Form.JSON)
    assert (found["broken.jpg"]["reason"], found["broken.jpg"]["width"]) == ("truncated", None)
    assert [name for name, row in found.items() if row["missing"]] == ["gone.jpg"]


@pytest.mark.parametrize("form", Form)
def test_a_path_that_is_no_text_survives(library: Engine, photos: Path, form: Form) -> None:
    found = as_rows(library, form)
    row = next(row for name, row in found.items() if name.startswith("caf"))
    assert base64.b64decode(row["path_base64"]) == os.fsencode(photos / "sub" / "caf\udce9.jpg")
    assert not found["1.jpg"]["path_base64"]


def test_no_cell_of_a_csv_is_a_formula(library: Engine) -> None:
    found = as_rows(library, Form.CSV)
    assert found["3.jpg"]["description"] == "'" + FORMULA
    texts_of = {column.name for column in COLUMNS if column.kind in ("text", "texts")}
    cells = [row[name] for row in found.values() for name in texts_of]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert "line\nbreak.png" in found


@pytest.mark.parametrize("text", ["+1", "-1", "@x", "\tx", "\rx", "＝1", "'already"])
def test_texts_that_begin_like_formulas_get_one_apostrophe(text: str) -> None:
    assert forms._cell(text) == "'" + text


def test_negative_numbers_stay_numbers() -> None:
    assert forms._cell(-12.5) == -12.5


def test_parquet_has_types(library: Engine) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    schema = parquet.read_schema(io.BytesIO(report(library, Form.PARQUET)))
    types = {name: str(schema.field(name).type) for name in ("bytes", "latitude", "modified_at", "keywords")}
    assert types["bytes"] == "int64"
    assert types["latitude"] == "double"
    assert types["modified_at"] == "timestamp[us, tz=UTC]"
    assert types["keywords"].startswith("list<")


@pytest.mark.parametrize("form", Form)
def test_an_empty_library_is_a_whole_report(tmp_path: Path, form: Form) -> None:
    engine, _ = scan_of(tmp_path / "state")
    assert as_rows(engine, form) == {}
    engine.dispose()


def test_portions_are_small_and_join_without_a_gap(library: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [known.asset["path"] for known in everything(library)]
    monkeypatch.setattr(rows, "PORTION", 2)
    assert [known.asset["path"] for known in everything(library)] == whole


def test_whoever_writes_is_not_held_up_by_a_slow_reader(library: Engine) -> None:
    reading = everything(library)
    next(reading)
    with library.begin() as connection:
        connection.execute(select(assets.c.id))
    reading.close()


def test_folders_limit_a_report(library: Engine, photos: Path) -> None:
    known = within(library, [str(photos / "sub")])
    assert {Path(one.asset["path"]).name for one in everything(library, known)} == {
        "line\nbreak.png",
        "caf\udce9.jpg",
    }
    assert summed_up(library, known).files == {"stored": 2, "skipped": 0, "refused": 0}


def test_a_folder_that_nobody_knows_is_refused(library: Engine, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="knows no file"):
        within(library, [str(tmp_path)])


def test_the_summary_counts_each_present_file_once(library: Engine) -> None:
    summary = summed_up(library)
    assert summary.files == {"stored": 4, "skipped": 1, "refused": 1}
    assert (summary.missing, summary.pictures) == (1, 3)
    assert summary.formats == {"JPEG": 3, "PNG": 1}
    assert (summary.cameras, summary.years) == ({"Box": 1}, {"2024": 1})
    assert (summary.skipped, summary.refused) == ({"not-a-picture": 1}, {"truncated": 1})
    assert (summary.indexed, summary.described) == ({"clip-1": 1, "words": 1}, {"caption": 1})
    assert summary.failed == {"embed": 1}
    assert summary.duplicates is not None
    assert summary.duplicates["made_at"] == 2.0
    assert json.dumps(summary.as_json())
