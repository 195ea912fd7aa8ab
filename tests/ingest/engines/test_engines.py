"""One scan on every engine: the same rows for the same folder, hostile files included."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.pictures import encoded, exif, picture, shapes
from tests.scanning import scan_of

from pinakes.core.errors import InvalidRequest, ServiceUnavailable
from pinakes.core.settings import ImageLimits, IngestSettings
from pinakes.core.types import Reason, Refusal
from pinakes.db.tables import assets, contents
from pinakes.images.processes import Workers
from pinakes.ingest.engines.base import Runner, RunnerMaker
from pinakes.ingest.engines.factory import runner_maker
from pinakes.ingest.engines.remote_steps import Errand, run_errands, sent
from pinakes.ingest.source import Walk, resolve_folders
from pinakes.ingest.steps import prepare

needs_ray = pytest.mark.skipif(
    find_spec("ray") is None, reason="Ray is not installed (751 MB): pip install 'pinakes[ray]'"
)

LIMITS = ImageLimits(seconds=8, max_pixels=10_000_000)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good, broken, misnamed, oversized and unreadable files, with a sidecar and a name that is no text."""
    folder = tmp_path_factory.mktemp("engines") / "photos"
    for number in range(12):
        picture(folder / "many" / f"{number}.jpg", number)
    (folder / "told.jpg").write_bytes(encoded(shapes(20), exif=exif(Model="Box")))
    (folder / "told.jpg.xmp").write_text(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<r:Description xmlns:x="http://ns.adobe.com/xap/1.0/" x:Rating="4"/></r:RDF></x:xmpmeta>'
    )
    (folder / "cut.jpg").write_bytes(encoded(shapes(21))[:2000])
    (folder / "empty.png").write_bytes(b"")
    (folder / "no picture.jpg").write_bytes(b"words" * 100)
    (folder / "notes.txt").write_text("words")
    huge = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\2\0\0\0"
    (folder / "huge.png").write_bytes(huge + b"\0" * 100)
    (folder / os.fsdecode(b"caf\xe9.jpg")).write_bytes(encoded(shapes(22)))
    for path in folder.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return folder


def rows(state: Path, photos: Path, make_runner: RunnerMaker) -> tuple[dict[str, Any], dict[str, Any]]:
    """All that a scan stores, but for what numbers it."""
    engine, scan = scan_of(state, workers=2, limits=LIMITS)
    replace(scan, make_runner=make_runner).run(Walk(resolve_folders([photos])))
    left_out = ("id", "seen_in", "directory")
    with engine.execution_options(readonly=True).connect() as connection:
        files = connection.execute(select(assets)).mappings().all()
        pictures = connection.execute(select(contents)).mappings().all()
    engine.dispose()
    return (
        {row["path"]: {name: value for name, value in row.items() if name not in left_out} for row in files},
        {row["sha256"]: dict(row) for row in pictures},
    )


@pytest.fixture(scope="module")
def built_in(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the built-in engine stores of them."""
    return rows(tmp_path_factory.mktemp("built-in"), photos, Workers)


def test_the_built_in_engine_is_the_default() -> None:
    assert runner_maker(IngestSettings()) is Workers


def test_an_engine_that_is_not_installed_says_how_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pinakes.ingest.engines.factory.find_spec", lambda _: None)
    with pytest.raises(InvalidRequest) as raised:
        runner_maker(IngestSettings(engine="ray"))
    assert "pinakes[ray]" in raised.value.remedy


class Errands:
    """What a cluster does with errands, done here; it shows that files that are sent need no path."""

    width = 2

    def __init__(self, count: int, limits: ImageLimits) -> None:
        self._limits = limits

    def run(self, work: Callable[..., Any], *arguments: object) -> Any:
        errand = sent(Errand(work, arguments), self._limits)
        moved = Errand(work, ("/nowhere/" + Path(str(arguments[0])).name, *arguments[1:]), errand.files)
        return run_errands([moved], self._limits)[0]

    def stop(self) -> None: ...


def test_files_that_are_sent_end_as_those_that_are_found(
    photos: Path, built_in: tuple[dict[str, Any], dict[str, Any]], tmp_path: Path
) -> None:
    assert rows(tmp_path, photos, Errands) == built_in


@pytest.fixture(scope="module")
def ray_runner() -> Iterator[Runner]:
    """A local cluster of two processors, kept for the tests of this file."""
    runner = runner_maker(IngestSettings(engine="ray"))(2, LIMITS)
    yield runner
    runner.stop()


class Kept:
    """A runner that outlives the scans that use it."""

    def __init__(self, runner: Runner) -> None:
        self.run, self.width = runner.run, runner.width

    def stop(self) -> None: ...


@needs_ray
def test_ray_stores_the_same(
    photos: Path, built_in: tuple[dict[str, Any], dict[str, Any]], ray_runner: Runner, tmp_path: Path
) -> None:
    assert rows(tmp_path, photos, lambda *_: Kept(ray_runner)) == built_in


@needs_ray
def test_ray_stores_the_same_of_files_that_are_sent(
    photos: Path, built_in: tuple[dict[str, Any], dict[str, Any]], ray_runner: Runner, tmp_path: Path
) -> None:
    maker = runner_maker(IngestSettings(engine="ray", ray_send_bytes=True))
    assert rows(tmp_path, photos, maker) == built_in


def hang(path: str) -> None:
    time.sleep(60)


def die(path: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_the_worker(path: str) -> str:
    """Kill the cluster's process that runs this, once; `path` notes that it was done."""
    note = Path(path)
    if not note.exists():
        note.write_text("done")
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    return "survived"


def fault(path: str) -> None:
    raise LookupError("a mistake in a step")


@needs_ray
def test_a_file_that_hangs_or_kills_is_refused_alone(ray_runner: Runner, photos: Path) -> None:
    good = str(photos / "many" / "1.jpg")
    import hashlib

    sha256 = hashlib.sha256(Path(good).read_bytes()).hexdigest()
    with ThreadPoolExecutor(8) as threads:
        hanging = threads.submit(ray_runner.run, hang, good)
        dying = threads.submit(ray_runner.run, die, good)
        fine = [threads.submit(ray_runner.run, prepare, good, sha256, LIMITS) for _ in range(6)]
        assert not any(isinstance(future.result(), Refusal) for future in fine)
        assert (hanging.result().reason, dying.result().reason) == (Reason.TOO_SLOW, Reason.DECODER_DIED)


@needs_ray
def test_a_lost_worker_costs_no_file(ray_runner: Runner, tmp_path: Path) -> None:
    paths = [str(tmp_path / str(number)) for number in range(4)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda path: ray_runner.run(kill_the_worker, path), paths))
    assert found == ["survived"] * 4


@needs_ray
def test_a_mistake_in_a_step_is_no_refusal(ray_runner: Runner) -> None:
    with pytest.raises(LookupError, match="a mistake in a step"):
        ray_runner.run(fault, "/x")


@needs_ray
def test_a_cluster_that_finishes_nothing_is_given_up(
    ray_runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_runner, "_patience", 1.0)
    with pytest.raises(ServiceUnavailable, match="finished nothing"):
        ray_runner.run(hang, "/x")


@needs_ray
def test_a_cluster_that_is_not_there_is_said_at_once(ray_runner: Runner) -> None:
    import subprocess
    import sys

    asked = (
        "from pinakes.core.settings import ImageLimits, IngestSettings\n"
        "from pinakes.ingest.engines.factory import runner_maker\n"
        "runner_maker(IngestSettings(engine='ray', ray_address='127.0.0.1:1'))(1, ImageLimits())"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, encoding="utf-8", timeout=100)
    assert ServiceUnavailable.__name__ in done.stderr
