"""Log lines go to standard error, one each, as text or JSON."""

import io
import json
import sys
from collections.abc import Iterator

import pytest
import structlog

from pinakes.core import logging


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_json_lines_carry_level_time_and_component(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure(level="info", form="json")
    logging.get("scan").bind(folder="a").info("began", files=3)
    out, err = capsys.readouterr()
    line = json.loads(err)
    assert out == ""
    assert (line["event"], line["level"], line["component"]) == ("began", "info", "scan")
    assert (line["folder"], line["files"]) == ("a", 3)
    assert line["timestamp"].endswith("Z")


def test_lines_below_the_level_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure(level="warning")
    logging.get("scan").info("began")
    logging.get("scan").warning("slow")
    assert capsys.readouterr().err.count("\n") == 1


def test_a_newline_in_a_value_stays_within_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure(level="info")
    logging.get("scan").info("began", path="a\nb")
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_error_is_told_with_its_traceback_and_without_the_values_of_variables(
    capsys: pytest.CaptureFixture[str], form: str
) -> None:
    logging.configure(level="info", form=form)
    sesame = "very" + "secret"
    try:
        raise ValueError(f"{len(sesame)} is not enough")
    except ValueError as error:
        logging.get("scan").error("failed", exc_info=error)
    written = capsys.readouterr().err
    assert "ValueError: 10 is not enough" in written
    assert "Traceback" in written
    assert "verysecret" not in written


def test_lines_go_to_the_standard_error_of_their_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    closed, later = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", closed)
    logging.configure(level="info")
    log = logging.get("tests")
    closed.close()
    monkeypatch.setattr(sys, "stderr", later)
    log.info("still-heard")
    assert "still-heard" in later.getvalue()
