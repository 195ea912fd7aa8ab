"""What is installed: the wheel carries all that the product reads, and nothing that it does not."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    pytest.importorskip("hatchling", reason="the build backend is not installed")
    copy = tmp_path_factory.mktemp("build") / "pinakes"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(repository / name, copy)
    shutil.copytree(repository / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(copy / "dist")],
        cwd=copy,
        check=True,
        capture_output=True,
    )
    (built,) = (copy / "dist").glob("*.whl")
    return zipfile.ZipFile(built)


def test_it_carries_every_file_of_the_product(repository: Path, wheel: zipfile.ZipFile) -> None:
    source = repository / "src"
    expected = {
        str(path.relative_to(source))
        for path in (source / "pinakes").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert expected <= set(wheel.namelist())
    for name in ("py.typed", "cli/html_report.css", "duplicates/evidence/vocabulary.npz"):
        assert f"pinakes/{name}" in wheel.namelist()


def test_it_carries_nothing_else(wheel: zipfile.ZipFile) -> None:
    assert {name.split("/")[0] for name in wheel.namelist()} == {"pinakes", "pinakes-0.1.0.dist-info"}


def test_it_is_small(wheel: zipfile.ZipFile) -> None:
    assert sum(entry.compress_size for entry in wheel.infolist()) < 8_000_000


def test_it_installs_the_command_and_its_licence(wheel: zipfile.ZipFile) -> None:
    entry_points = wheel.read("pinakes-0.1.0.dist-info/entry_points.txt").decode()
    assert "pinakes = pinakes.cli.main:run" in entry_points
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())
