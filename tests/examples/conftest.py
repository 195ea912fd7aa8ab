"""The demo library, made once."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def demo_library_program(repository: Path) -> ModuleType:
    """The module `examples/demo_library.py`."""
    path = repository / "examples" / "demo_library.py"
    specification = importlib.util.spec_from_file_location("demo_library", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["demo_library"] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def demo_library(demo_library_program: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo library of its own, which tests leave as it is."""
    folder: Path = tmp_path_factory.mktemp("demo") / "Photos"
    assert demo_library_program.make(folder)
    return folder
