"""Fixtures that every folder of tests may use; no test ever touches the library of the person who runs it."""

import importlib.util
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import hypothesis
import pytest
from filelock import FileLock
from tests.tiny_models import TinyModels

# Whoever is started in the background of a script ignores SIGINT, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# On a busy machine a single example may take any time; what a whole test may take is bounded by pytest.
hypothesis.settings.register_profile(
    "busy",
    deadline=None,
    derandomize=True,  # what fails once fails again, and nobody's change is refused for another's luck
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("busy")

#: Names the folder of real data; the default lies beside the repository.
SHARED_DATA = "PINAKES_TEST_DATA"

_REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the working tree."""
    return _REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real pictures for measuring; tests that need it skip where it is absent."""
    folder = Path(os.environ.get(SHARED_DATA, _REPOSITORY.parent / "shared" / "data"))
    if not (folder / "README.md").is_file():
        pytest.skip(f"the real pictures are not at {folder}; set {SHARED_DATA} to where they are")
    return folder


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run of the tests, the same in all of its processes."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def tiny_models(run_folder: Path) -> TinyModels:
    """Tiny models with random weights, built when first asked for and kept for the run."""
    return TinyModels(run_folder / "tiny-models")


@pytest.fixture(scope="session", autouse=True)
def own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings of the person who runs the tests do not reach them, and theirs stay out of the home."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PINAKES_") and name != SHARED_DATA]:
            patch.delenv(name)
        patch.setenv("PINAKES_STATE", str(tmp_path_factory.mktemp("default-state")))
        patch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        # It takes a second a picture; the tests of reading ask for it.
        patch.setenv("PINAKES_INGEST__READ_TEXT", "false")
        yield


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
def demo_library(demo_library_program: ModuleType, run_folder: Path) -> Path:
    """A demo library of this run, which tests leave as it is."""
    folder = run_folder / "demo" / "Photos"
    with FileLock(run_folder / "demo.lock"):
        demo_library_program.make(folder)  # unless it is there
    return folder
