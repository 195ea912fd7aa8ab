"""The documentation is true: links lead somewhere, commands exist, and what is marked as runnable runs."""

import re
import shutil
import socket
import sys
from pathlib import Path

import pytest
from tests.running import REPOSITORY, run

PAGES = sorted(
    path
    for path in [
        *REPOSITORY.glob("*.md"),
        *(REPOSITORY / "docs").rglob("*.md"),
        *REPOSITORY.glob("benchmarks/*.md"),
    ]
    if path.is_file()
)

#: Pictures of the demo library that the documentation gets along with.
SHOWN = {"astronaut", "coffee", "coffee cropped", "rocket", "launch day (1)", "moon", "cut short"}

BLOCK = re.compile(r"^```(\S+)( run)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def name_of(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def blocks(page: Path) -> list[tuple[str, bool, str]]:
    return [(kind, bool(marked), text) for kind, marked, text in BLOCK.findall(page.read_text("utf-8"))]


RUNNABLE = [page for page in PAGES if any(marked for _, marked, _ in blocks(page))]


@pytest.fixture
def place(demo_library: Path, tmp_path: Path) -> Path:
    """A folder with the demo library in `Photos`, as the documentation has it."""
    shutil.copytree(demo_library, tmp_path / "Photos")
    return tmp_path


@pytest.fixture(scope="session")
def demo_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documented") / "Photos"
    program = "import sys; from pathlib import Path; from demo_library import make; make(Path(sys.argv[1]))"
    run(sys.executable, "-c", program, str(folder), state=folder.parent, cwd=REPOSITORY / "examples")
    for path in [path for path in folder.rglob("*.*") if path.is_file() and path.stem not in SHOWN]:
        path.unlink()  # the fewer pictures, the sooner it is run
    return folder


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


@pytest.mark.parametrize("page", RUNNABLE, ids=name_of)
def test_what_is_marked_as_runnable_runs(page: Path, place: Path) -> None:
    if "curl" in page.read_text("utf-8") and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    script = ["set -euo pipefail", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    for kind, marked, text in blocks(page):
        if marked:
            script.append(text if kind == "sh" else f"python3 - <<'END_OF_PYTHON'\n{text}END_OF_PYTHON")
    whole = "\n".join(script)
    for port in ("5000", "8000", "8001"):
        whole = re.sub(rf"\b{port}\b", str(free_port()), whole)
    (place / "script.sh").write_text(whole)
    run("bash", "script.sh", state=place / "state", cwd=place)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    assert [target for target in targets if not (page.parent / target.partition("#")[0]).exists()] == []


def test_every_command_that_is_shown_exists() -> None:
    reference = (REPOSITORY / "docs" / "reference" / "cli.md").read_text("utf-8")
    known = set(re.findall(r"^## `pinakes ?([a-z ]*)`", reference, re.MULTILINE))
    shown = {
        (name_of(page), command)
        for page in PAGES
        for command in re.findall(r"(?:^|[`$\s])pinakes ([a-z]+)\b", page.read_text("utf-8"), re.MULTILINE)
        if page.name != "cli.md"
    }
    words = {name.split()[0] for name in known if name}
    assert {pair for pair in shown if pair[1] not in words and not pair[1].startswith("is")} == set()


def test_every_option_that_is_shown_exists() -> None:
    reference = (REPOSITORY / "docs" / "reference" / "cli.md").read_text("utf-8")
    lines = [
        (name_of(page), line)
        for page in PAGES
        for kind, _, text in blocks(page)
        for line in text.splitlines()
        if kind == "sh" and re.match(r"\s*pinakes ", line)
    ]
    assert len(lines) > 20
    options = {
        (place, option)
        for place, line in lines
        for option in re.findall(r"\s(--[a-z-]+)", line.split("#")[0])
    }
    assert {pair for pair in options if pair[1] not in reference} == set()


def test_every_setting_that_is_shown_exists() -> None:
    reference = (REPOSITORY / "docs" / "reference" / "settings.md").read_text("utf-8")
    for page in PAGES:
        for variable in re.findall(r"PINAKES_[A-Z_]+[A-Z]", page.read_text("utf-8")):
            assert variable in reference or variable == "PINAKES_TEST_DATA", (name_of(page), variable)


def test_every_decision_is_listed() -> None:
    folder = REPOSITORY / "docs" / "adr"
    index = (folder / "README.md").read_text("utf-8")
    pages = sorted(path.name for path in folder.glob("0*.md"))
    assert len(pages) >= 9
    for name in pages:
        assert name in index
        text = (folder / name).read_text("utf-8")
        assert all(part in text for part in ("**Context.**", "**Decision.**", "**Consequences.**"))
        assert text.startswith(f"# {name[:4]} ")


def test_every_file_that_is_named_exists() -> None:
    for page in PAGES:
        for named in re.findall(
            r"`((?:src|tests|benchmarks|docs|examples|tools)/[\w./-]+)`", page.read_text("utf-8")
        ):
            assert (REPOSITORY / named).exists(), (name_of(page), named)


def test_pictures_are_small_and_each_is_shown_somewhere() -> None:
    shown = "".join(page.read_text("utf-8") for page in PAGES)
    for picture in (REPOSITORY / "docs" / "images").iterdir():
        assert picture.stat().st_size < 400_000, picture.name
        assert f"images/{picture.name}" in shown, picture.name
