"""The report over HTTP: counts, rows as a stream, and bounds."""

import csv
import io
import json

import pytest
from tests.services.library.conftest import Place

from pinakes.ingest.reports.columns import COLUMNS
from pinakes.services.library.reports import MOST_REPORTS


def test_counts_are_answered_as_json(ready: Place) -> None:
    answer = ready.get("/report")
    assert answer.json()["files"] == {"stored": 3, "skipped": 1, "refused": 1}


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_rows_are_streamed(ready: Place, form: str) -> None:
    answer = ready.get("/report", format=form)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="pinakes-report.{form}"'
    assert "content-length" not in answer.headers
    found = {
        "csv": lambda text: list(csv.DictReader(io.StringIO(text, newline=""))),
        "json": json.loads,
        "jsonl": lambda text: [json.loads(line) for line in text.splitlines()],
    }[form](answer.text)
    assert len(found) == 5
    assert list(found[0]) == [column.name for column in COLUMNS]


def test_parquet_is_streamed(ready: Place) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    answer = ready.get("/report", format="parquet")
    assert parquet.read_table(io.BytesIO(answer.content)).num_rows == 5


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"format": "xls"}, 422), ({"folder": "photos"}, 400), ({"folder": "/nowhere"}, 404)],
)
def test_what_cannot_be_reported_is_a_problem(ready: Place, asked: dict[str, str], status: int) -> None:
    answer = ready.get("/report", **asked)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_reports_can_be_asked_for_again_and_again(ready: Place) -> None:
    for _ in range(2 * MOST_REPORTS):
        assert ready.get("/report", format="csv").status_code == 200
