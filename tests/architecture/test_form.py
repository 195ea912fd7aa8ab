"""How the code reads: length of files and functions, names, docstrings, and what may never be written."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

#: Lines at which a file is stopped, and questioned.
LONGEST, LONG = 500, 300

#: Lines at which a docstring stops being one; most are under a dozen.
LONGEST_DOCSTRING = 22

#: Files that were questioned and may stay, with the reason.
QUESTIONED: dict[str, str] = {}

#: Words that say nothing about what a thing is.
EMPTY_WORDS = frozenset(
    "manager helper helpers util utils common handler processor data info v2 new optimized fast smart "
    "simple".split()
)

#: Names that a framework gives.
OVERRIDES = frozenset(("get_route_handler", "data_received"))


@pytest.fixture(scope="module")
def sources(repository: Path) -> dict[str, str]:
    """Our Python files by their place below src/pinakes."""
    top = repository / "src" / "pinakes"
    return {str(path.relative_to(top)): path.read_text("utf-8") for path in sorted(top.rglob("*.py"))}


def functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_file_is_a_room_over_a_fifth_of_the_house(sources: dict[str, str]) -> None:
    assert {name: text.count("\n") for name, text in sources.items() if text.count("\n") > LONGEST} == {}


def test_long_files_were_questioned(sources: dict[str, str]) -> None:
    long = {name for name, text in sources.items() if text.count("\n") > LONG}
    assert long <= set(QUESTIONED), "over 300 lines: split them, or say in QUESTIONED why they stay whole"


def test_functions_are_short(sources: dict[str, str]) -> None:
    lengths = {
        f"{name}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, text in sources.items()
        for node in functions(text)
    }
    assert sorted(lengths.values())[len(lengths) // 2] <= 12
    long = {name: length for name, length in lengths.items() if length > 75 and "/migrations/" not in name}
    assert long == {}, "over 75 lines: split them; migrations alone say every table in one place"


def test_every_module_opens_with_one_sentence(sources: dict[str, str]) -> None:
    for name, text in sources.items():
        said = ast.get_docstring(ast.parse(text)) or ""
        assert said.split("\n\n")[0].rstrip().endswith((".", "?")), name


def test_docstrings_are_short(sources: dict[str, str]) -> None:
    long = {
        f"{name}:{node.name}": said.count("\n") + 1
        for name, text in sources.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and (said := ast.get_docstring(node) or "").count("\n") + 1 > LONGEST_DOCSTRING
    }
    assert long == {}


def test_names_say_what_things_are(sources: dict[str, str]) -> None:
    found = {
        (name, node.name)
        for name, text in sources.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and node.name not in OVERRIDES
        and EMPTY_WORDS & set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name).lower().split("_"))
    }
    found |= {(name, Path(name).stem) for name in sources if EMPTY_WORDS & set(Path(name).stem.split("_"))}
    assert found == set()


def test_nothing_prints_and_nothing_is_left_to_be_done(sources: dict[str, str]) -> None:
    for name, text in sources.items():
        assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text), name
        assert not [node for node in ast.walk(ast.parse(text)) if _is_print(node)], name


def _is_print(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"


def test_tests_mirror_the_sources(repository: Path, sources: dict[str, str]) -> None:
    folders = {Path(name).parts[0] for name in sources if len(Path(name).parts) > 1}
    tested = {path.name for path in (repository / "tests").iterdir() if path.is_dir()}
    assert folders - {"schemas"} <= tested  # what crosses a wire is tested where it crosses


def test_no_place_of_one_machine_is_written_down(repository: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=repository, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    names = [name for name in listed.stdout.decode().split("\0") if name]
    place = re.compile(r"/(?:work|root|home/(?!ada\b)\w+|Users)/[\w.]")
    found = []
    for name in names:
        path = repository / name
        if path.suffix in (".py", ".md", ".toml", ".css", ".sh", "") and path.is_file():
            text = path.read_text("utf-8", errors="replace")
            found += [f"{name}: {match[0]}" for match in place.finditer(text) if path != Path(__file__)]
    assert found == []
