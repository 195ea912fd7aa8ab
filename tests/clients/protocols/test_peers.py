"""Real servers of other people, each in its own environment; those that are absent are skipped."""

import io
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import numpy as np
import pytest
from PIL import Image
from tests.peers.glance import glance
from tools import peers

from pinakes.clients import Client
from pinakes.core.settings import ClientSettings
from pinakes.core.types import Refusal, Vector

PROGRAMS = Path(__file__).resolve().parents[2] / "peers"

#: Time a peer may take to start, seconds.
STARTING = 90.0


def picture(seed: int) -> bytes:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(coarse).resize((64, 48), Image.Resampling.BICUBIC).save(stream, "PNG")
    return stream.getvalue()


PICTURES = [picture(seed) for seed in range(20)]


def environment(name: str) -> dict[str, str]:
    if name not in peers.installed():
        pytest.skip(f"{name} is not installed; python -m tools.peers install {name}")
    return peers.environment_of(name)


def free_ports() -> int:
    """The first of three ports in a row on which nothing listens."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = int(first.getsockname()[1])
            try:
                for next_one in (port + 1, port + 2):
                    socket.create_server(("127.0.0.1", next_one)).close()
            except OSError:
                continue
            return port


@contextmanager
def peer(name: str, command: list[str], ready: str) -> Iterator[str]:
    """Run a peer until the end of the block; PORT in its command and its path is one that is free."""
    variables = {**environment(name), "PYTHONPATH": str(PROGRAMS)}
    variables["PATH"] = f"{peers.python_of(name).parent}:{os.environ['PATH']}"
    port = str(free_ports())
    # Its home is a folder whose path is short: some put sockets there, whose names have a bound.
    with TemporaryDirectory(prefix="peer") as home, (Path(home) / "log").open("wb") as log:
        process = subprocess.Popen(
            [part.replace("PORT", port) for part in command],
            env={**variables, "HOME": home},
            cwd=home,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}{ready}", process, Path(home))
            yield url
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and those it started, which share its group."""
    for number, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)


def wait_for(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + STARTING
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"{url} did not get ready:\n{(folder / 'log').read_text('utf-8', 'replace')[-3000:]}")


def unit(row: np.ndarray) -> Vector:
    return np.asarray(row / np.linalg.norm(row), dtype=np.float32)


def check(client: Client, expected: list[Vector]) -> None:
    """Ask for every picture, and for one that is none among them."""
    outcomes = client.embed(PICTURES)
    for found, wanted in zip(outcomes, expected, strict=True):
        assert not isinstance(found, Refusal), found
        assert float(found @ wanted) > 0.9999
    good, bad, again = client.embed([PICTURES[0], b"this is no picture", PICTURES[1]])
    assert isinstance(bad, Refusal)
    assert not isinstance(good, Refusal)
    assert not isinstance(again, Refusal)
    assert np.allclose(good, expected[0], atol=1e-5)


@pytest.mark.parametrize(
    ("name", "protocol", "model", "ready", "identity"),
    [
        ("pytriton", "oip", "glance", "/v2/models/glance/ready", "glance@1+oip-files"),
        ("mlserver", "oip", "glance", "/v2/models/glance/ready", "glance@unstated+oip-files"),
        ("bentoml", "bentoml", None, "/readyz", "embed@unstated+bentoml"),
    ],
)
def test_pictures_are_embedded_by_a_real(
    name: str, protocol: str, model: str | None, ready: str, identity: str
) -> None:
    command = [str(peers.python_of(name)), str(PROGRAMS / f"{name}_server.py"), "PORT"]
    with (
        peer(name, command, ready) as url,
        Client(url, ClientSettings(protocol=protocol, model=model)) as client,  # type: ignore[arg-type]
    ):
        check(client, [unit(glance(each)) for each in PICTURES])
        assert client.identity.key == identity


def test_pictures_and_words_are_embedded_by_a_real_infinity(tmp_path: Path) -> None:
    variables = environment("infinity")
    pictures, model = tmp_path / "pictures", tmp_path / "clip"
    pictures.mkdir()
    for index, each in enumerate(PICTURES):
        (pictures / f"{index:02}.png").write_bytes(each)
    python = peers.python_of("infinity")
    subprocess.run(
        [python, PROGRAMS / "tiny_clip.py", model, pictures],
        env=variables,
        check=True,
        timeout=120,
        cwd=tmp_path,
    )
    answers = np.load(model / "answers.npz")
    program = [
        str(python.with_name("infinity_emb")),
        "v2",
        "--model-id",
        str(model),
        "--served-model-name",
        "clip",
    ]
    options = ["--engine", "torch", "--device", "cpu", "--dtype", "float32", "--no-bettertransformer"]
    where = ["--host", "127.0.0.1", "--port", "PORT", "--no-model-warmup"]
    with (
        peer("infinity", [*program, *options, *where], "/health") as url,
        Client(url, ClientSettings(protocol="openai")) as client,
    ):
        assert client.identity.key == "clip@unstated+openai-infinity"
        check(client, [unit(row) for row in answers["images"]])
        (text,) = client.embed_texts(["a red house"])
        assert not isinstance(text, Refusal)
        assert float(text @ unit(answers["texts"][0])) > 0.9999
