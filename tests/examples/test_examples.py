"""Every program of examples/ runs and says what it should."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.running import environment, run


@pytest.fixture
def library(demo_library: Path, tmp_path: Path) -> Path:
    """A copy of the demo library that a test may change."""
    return Path(shutil.copytree(demo_library, tmp_path / "Photos"))


def listing(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_example_has_a_test(repository: Path) -> None:
    tested = Path(__file__).read_text() + (repository / "tests" / "conftest.py").read_text()
    programs = [path for path in (repository / "examples").iterdir() if path.suffix in (".py", ".sh")]
    assert len(programs) >= 5
    assert [path.name for path in programs if path.name not in tested] == []


#: Options of a first look that no one looks at.
QUIETLY = ("--port", "0", "--inference-port", "0", "--no-browser")


@contextmanager
def first_look(*arguments: str, repository: Path, cwd: Path, state: Path) -> Iterator[str]:
    """Run the first look until the application answers; gives what it said, and its address last."""
    program = str(shutil.copytree(repository / "examples", cwd / "examples") / "first_look.py")
    command = [sys.executable, program, *arguments, *QUIETLY]
    with subprocess.Popen(
        command, cwd=cwd, env=environment(state), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            said = ""
            while not (found := re.search(r"^application +(http://\S+)$", said, re.MULTILINE)):
                line = process.stdout.readline() if process.stdout else ""
                assert line, said
                said += line
            yield said + found[1]
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


def test_first_look_opens_a_folder_and_changes_nothing(
    library: Path, repository: Path, tmp_path: Path
) -> None:
    before = listing(library)
    state = tmp_path / "state"
    with first_look(str(library), repository=repository, cwd=tmp_path, state=state) as said:
        assert f"up {library} --port 0" in said
        jobs = httpx.get(f"{said.splitlines()[-1]}/api/v1/jobs", trust_env=False).json()["jobs"]
        assert [job["kind"] for job in jobs] == ["ingest"]
    assert listing(library) == before


def test_first_look_makes_its_own_library_where_none_is_given(repository: Path, tmp_path: Path) -> None:
    with first_look(repository=repository, cwd=tmp_path, state=tmp_path / "unused") as said:
        assert "Made a demo library" in said
    assert (tmp_path / "build" / "demo-state").is_dir()
    assert not (tmp_path / "unused").exists()


def test_first_look_at_a_folder_that_is_not_there_says_so(repository: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "examples/first_look.py", str(tmp_path / "nothing"), *QUIETLY],
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
