"""`pinakes search`: what is found here, and what the service says that has the library open."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.commands import here
from tests.searching import Searched, named_pictures, names

from pinakes.services.owner import owning

Capture = pytest.CaptureFixture[bytes]


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    with named_pictures(tmp_path_factory.mktemp("searched")) as there:
        yield there


@pytest.fixture(scope="module")
def state(searched: Searched) -> Path:
    return searched.library.settings.state


@pytest.fixture
def closed(searched: Searched, state: Path) -> Path:
    """The state of the ingested library while no process has its vectors open."""
    searched.library.index.close()
    return state


def test_hits_are_listed_with_their_reasons(capfdbinary: Capture, closed: Path) -> None:
    ended = here(capfdbinary, "search", "station", "--state", closed)
    assert ended.status == 0
    lines = ended.stdout.decode().splitlines()
    assert {Path(line).name for line in lines[::2]} == {"station.jpg", "station again.jpg"}
    assert lines[1].strip().startswith("name: ")
    assert "[station]" in lines[1]
    assert "pinakes models pull" in ended.stderr


def test_json_is_the_answer_of_the_service(capfdbinary: Capture, closed: Path) -> None:
    for arguments in (("--json",), ("--format", "json")):
        found = here(capfdbinary, "search", "type:png", *arguments, "--state", closed).json
        assert names(found) == ["harbour.png"]
        assert found["hits"][0]["why"]["conditions"] == [{"field": "type", "value": "png"}]


def test_files_and_assets_are_looked_like(capfdbinary: Capture, searched: Searched, closed: Path) -> None:
    picture = searched.photos / "city" / "station again.jpg"
    by_file = here(capfdbinary, "search", "--like", picture, "--limit", 2, "--json", "--state", closed).json
    assert set(names(by_file)) == {"station again.jpg", "station.jpg"}
    number = searched.asset("station.jpg")
    by_asset = here(capfdbinary, "search", "--like", number, "--limit", 1, "--json", "--state", closed).json
    assert names(by_asset) == ["station again.jpg"]


def test_a_file_that_is_no_picture_is_named(capfdbinary: Capture, closed: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    refused = here(capfdbinary, "search", "--like", tmp_path / "notes.txt", "--state", closed)
    assert refused.status == 2
    assert "notes.txt': It cannot be decoded" in refused.stderr


def test_words_with_one_dash_are_unlike_and_with_two_are_refused(capfdbinary: Capture, closed: Path) -> None:
    found = here(capfdbinary, "search", "station", "-again", "--json", "--state", closed).json
    assert names(found) == ["station.jpg"]
    refused = here(capfdbinary, "search", "station", "--limt", 5, "--state", closed)
    assert refused.status == 2
    assert "--limt" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("date:nonsense",), "character 6"),
        (("--like", "nowhere.jpg"), "cannot be read"),
        (("--like", "99999"), "asset 99999"),
        (("a", "--by", "luck"), "by:"),
        (("a" * 20_000,), "q:"),
        (("a", "--offset", "10000"), "10,000"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(
    capfdbinary: Capture, closed: Path, arguments: tuple[str, ...], said: str
) -> None:
    ended = here(capfdbinary, "search", *arguments, "--state", closed)
    assert ended.status != 0
    assert ended.stdout == b""
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_running_service_is_asked_and_its_refusals_are_the_same(
    capfdbinary: Capture, searched: Searched, state: Path
) -> None:
    searched.search("sunset")  # it has the vectors open, so that nobody else could
    picture = searched.photos / "city" / "station.jpg"
    with owning(state, str(searched.client.base_url).rstrip("/")):
        found = here(capfdbinary, "search", "sunset", "--json", "--state", state).json
        alike = here(capfdbinary, "search", "--like", picture, "--json", "--state", state).json
        refused = here(capfdbinary, "search", "date:nonsense", "--state", state)
    assert names(found) == ["sunset.jpg"]
    assert names(alike)[0] == "station.jpg"
    assert refused.status == 2
    assert "character 6" in refused.stderr


def test_a_service_that_does_not_answer_is_named(capfdbinary: Capture, state: Path) -> None:
    with owning(state, "http://127.0.0.1:9"):
        ended = here(capfdbinary, "search", "sunset", "--state", state)
    assert ended.status != 0
    assert "http://127.0.0.1:9" in ended.stderr


def test_a_library_of_nothing_says_what_to_do(capfdbinary: Capture, tmp_path: Path) -> None:
    ended = here(capfdbinary, "search", "sunset", "--state", tmp_path)
    assert ended.status == 0
    assert "Nothing was found." in ended.stderr
    assert "pinakes ingest" in ended.stderr


def test_a_line_that_does_not_parse_is_pointed_at(capfdbinary: Capture, closed: Path) -> None:
    ended = here(capfdbinary, "search", "sea camra:x", "--state", closed)
    assert ended.status == 2
    assert ended.stderr.endswith("sea camra:x\n    ^^^^^\n")
    assert "Did you mean “camera:”?" in ended.stderr
