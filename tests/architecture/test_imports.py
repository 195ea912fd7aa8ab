"""The floors hold: imports run down, and every library that is imported is declared."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

#: Libraries that another library takes up where they are there: uvicorn parses HTTP with httptools.
UNIMPORTED = {"httptools"}


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, Any]:
    return tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))


def names_of(requirements: list[str]) -> set[str]:
    return {normal(re.split(r"[<>=!~\[; ]", requirement)[0]) for requirement in requirements}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((alias.name.partition(".")[0], path) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0], path


def test_import_linter_finds_every_contract_kept(repository: Path) -> None:
    program = "import sys; from importlinter.cli import lint_imports_command as check; sys.exit(check())"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kept" in done.stdout


def test_every_library_that_is_imported_is_declared(repository: Path, project: dict[str, Any]) -> None:
    extras = project["project"]["optional-dependencies"]
    optional = [library for name, libraries in extras.items() if name != "dev" for library in libraries]
    declared = names_of([*project["project"]["dependencies"], *optional])
    owners = packages_distributions()
    missing = {
        (top, str(path.relative_to(repository)))
        for top, path in imported(repository / "src")
        if top != "pinakes"
        and top not in sys.stdlib_module_names
        and not {normal(owner) for owner in owners.get(top, [top])}
        & (declared | {"starlette", "pydantic-core"})
    }
    assert missing == set()


def test_every_library_that_is_declared_is_imported(repository: Path, project: dict[str, Any]) -> None:
    tops = {top for top, _ in imported(repository / "src")}
    owners = packages_distributions()
    used = {normal(owner) for top in tops for owner in owners.get(top, [top])}
    assert names_of(project["project"]["dependencies"]) - used - UNIMPORTED == set()


def test_the_default_install_holds_no_framework(project: dict[str, Any]) -> None:
    heavy = {
        "torch",
        "torchvision",
        "transformers",
        "tensorflow",
        "scipy",
        "scikit-learn",
        "faiss-cpu",
        "numba",
    }
    assert names_of(project["project"]["dependencies"]) & heavy == set()


def test_type_only_imports_do_not_climb_either(repository: Path) -> None:
    for name, path in imported(repository / "src" / "pinakes" / "core"):
        assert name != "fastapi", path
    core = repository / "src" / "pinakes" / "core"
    reached = {
        node.module
        for path in core.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pinakes")
    }
    assert {str(module).split(".")[1] for module in reached} <= {"core"}
