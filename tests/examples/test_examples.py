"""Every program of examples/ runs and says what it should."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.running import environment, run


@pytest.fixture
def library(demo_library: Path, tmp_path: Path) -> Path:
    """A copy of the demo library that a test may change."""
    return Path(shutil.copytree(demo_library, tmp_path / "Photos"))


def listing(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_example_has_a_test(repository: Path) -> None:
    tested = Path(__file__).read_text() + (Path(__file__).parent / "conftest.py").read_text()
    programs = [path for path in (repository / "examples").iterdir() if path.suffix in (".py", ".sh")]
    assert len(programs) >= 5
    assert [path.name for path in programs if path.name not in tested] == []


def test_first_look_shows_what_a_folder_holds_and_changes_nothing(
    library: Path, repository: Path, tmp_path: Path
) -> None:
    before = listing(library)
    copy = tmp_path / "repository"  # it writes its report beside itself
    shutil.copytree(repository / "examples", copy / "examples")
    said = run(sys.executable, "examples/first_look.py", str(library), state=tmp_path / "state", cwd=copy)
    assert "24 pictures stored, 2 files skipped, 1 refused" in said
    assert "24 pictures: 6 groups with 12 files to spare" in said
    assert "stack (burst)" in said
    assert "resolve" in said
    assert (copy / "build" / "report.html").stat().st_size > 100_000
    assert listing(library) == before


def test_first_look_makes_its_own_library_where_none_is_given(repository: Path, tmp_path: Path) -> None:
    copy = tmp_path / "repository"
    shutil.copytree(repository / "examples", copy / "examples")
    said = run(sys.executable, "examples/first_look.py", state=tmp_path / "unused", cwd=copy)
    assert "Made a demo library" in said
    assert (copy / "build" / "demo-report.html").is_file()
    assert not (tmp_path / "unused").exists()


def test_first_look_at_a_folder_that_is_not_there_says_so(repository: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "examples/first_look.py", str(tmp_path / "nothing")],
        cwd=repository,
        env=environment(tmp_path / "state"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_list_duplicates(library: Path, tmp_path: Path) -> None:
    said = run(
        sys.executable, "examples/list_duplicates.py", str(library), str(tmp_path / "state"), state=tmp_path
    )
    assert said.count(": keep ") == 6
    assert "keep coffee.png. Kept because it has the most pixels" in said


def test_compare_two(library: Path, tmp_path: Path) -> None:
    def score(one: str, other: str) -> float:
        names = (str(library / one), str(library / other))
        return float(run(sys.executable, "examples/compare_two.py", *names, state=tmp_path).split()[0])

    alike = score("Home/coffee.png", "For the web/coffee monday.jpg")
    assert alike > 0.7
    assert alike > score("Home/coffee.png", "Space/rocket.jpg") + 0.2


def test_resolve_and_undo(library: Path, tmp_path: Path) -> None:
    before = listing(library)
    said = run("bash", "examples/resolve_and_undo.sh", str(library), str(tmp_path / "state"), state=tmp_path)
    assert "Nothing was changed" in said
    assert "3 done, 0 failed" in said
    assert "3 taken back, 0 failed" in said
    assert {k: v for k, v in listing(library).items() if not k.startswith(".")} == {
        k: v for k, v in before.items() if not k.startswith(".")
    }
