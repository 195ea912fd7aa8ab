"""A model whose behaviour a test chooses, and a service process that serves it."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import uvicorn
from fastapi import FastAPI
from numpy.typing import NDArray
from tests.running import REPOSITORY
from tests.waiting import PATIENCE, until

from pinakes.core.errors import ImageRefused, InvalidRequest, OutOfMemory
from pinakes.core.types import ModelIdentity, Pixels, Reason, Task, Vector
from pinakes.models.base import LoadedModel, Logits, Prepared, Result, TaskModel
from pinakes.services.process import open_listener, url_of
from pinakes.serving.catalogue import Offer

#: Numbers in a stand-in's vectors.
DIMENSIONS = 8

#: A picture of these bytes is refused by a stand-in as truncated.
CORRUPT = b"corrupt"

#: A picture of these bytes makes a stand-in raise for the whole batch.
POISON = b"poison"


def vector_of(image: bytes) -> Vector:
    """The unit vector a stand-in gives for these bytes."""
    seed = int.from_bytes(hashlib.sha256(image).digest()[:8], "little")
    vector = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
    return vector / np.linalg.norm(vector)


class StandInModel:
    """A model over any bytes and words, at a chosen speed, remembering every batch it was given."""

    def __init__(
        self,
        *,
        seconds_per_image: float = 0.0,
        revision: str = "1",
        broken: bool = False,
        room: int = 10_000,
        concurrency: int = 1,
        name: str = "stand-in",
    ) -> None:
        self.identity = ModelIdentity(name, revision, "none", DIMENSIONS)
        self.seconds_per_image = seconds_per_image
        self.broken = broken
        self.room = room
        self.concurrency = concurrency
        self.batches: list[list[bytes]] = []
        self.closed = False
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Semaphore(0)

    @property
    def seen(self) -> list[bytes]:
        """All inputs it was asked about, in order."""
        return [image for batch in self.batches for image in batch]

    def forget(self) -> None:
        """Forget the batches so far."""
        self.batches.clear()
        while self.entered.acquire(blocking=False):
            pass

    def load(self) -> LoadedModel:
        """The model as an engine holds it; it embeds pictures and words alike."""
        tasks: dict[Task, TaskModel] = {Task.IMAGE_EMBEDDING: self, Task.TEXT_EMBEDDING: self}
        return LoadedModel(
            self.identity.name,
            tasks,
            self.decode,
            nbytes=1000,
            concurrency=self.concurrency,
            input_side=None,
            close=self.close,
            logits=Logits(100.0, 0.0, "softmax"),
        )

    @staticmethod
    def decode(image: bytes) -> Pixels:
        if image.startswith(CORRUPT):
            raise ImageRefused(Reason.TRUNCATED, "Its end is missing.")
        if not image:
            raise ImageRefused(Reason.EMPTY, "The file is empty.")
        return np.frombuffer(image, dtype=np.uint8)

    def preprocess(self, item: Pixels | str) -> Prepared:
        array = np.frombuffer(item.encode(), dtype=np.uint8) if isinstance(item, str) else item
        return Prepared(array, cost=len(array))

    def accept(self, tensor: NDArray[Any]) -> Prepared:
        if tensor.ndim != 1 or tensor.dtype != np.uint8:
            raise InvalidRequest(f"The stand-in takes uint8 (n,), not {tensor.dtype} {tensor.shape}.")
        return Prepared(tensor, cost=len(tensor))

    def infer(self, batch: Sequence[Prepared]) -> list[bytes]:
        images = [prepared.array.tobytes() for prepared in batch]
        self.batches.append(images)
        self.entered.release()
        assert self.gate.wait(PATIENCE)
        time.sleep(self.seconds_per_image * len(images))
        if len(images) > self.room:
            raise OutOfMemory("too many at once")
        if self.broken or POISON in images:
            raise ValueError("cannot bear this input")
        return images

    def postprocess(self, inferred: list[bytes]) -> list[Result]:
        return [vector_of(image) for image in inferred]

    def close(self) -> None:
        self.closed = True


def only_offer(load: Callable[[], LoadedModel], *, name: str, revision: str = "1") -> list[Offer]:
    """The offers of an engine that serves one model, of which nothing is known before it is loaded."""
    return [Offer(name, revision, 1, frozenset(), 0, True, load)]


class ServiceProcess:
    """A real inference service in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def wait_until_healthy(self) -> None:
        until(lambda: httpx.get(f"{self.url}/health", timeout=PATIENCE).status_code == 200, "its health")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)


@contextmanager
def inference_service(
    *,
    port: int = 0,
    model: str = "stand-in",
    slowness: float = 0.0,
    load: float = 0.0,
    held: Path | None = None,
    **settings: object,
) -> Iterator[ServiceProcess]:
    """Run `pinakes serve inference` over a stand-in, or the built-in model, on a free port.

    The stand-in works on nothing while there is a file at `held`.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PINAKES_")}
    environment |= {f"PINAKES_INFERENCE__{name.upper()}": str(value) for name, value in settings.items()}
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.stand_in_service",
            str(port),
            model,
            str(slowness),
            str(load),
            str(held or ""),
        ],
        cwd=REPOSITORY,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    line = process.stderr.readline()
    found = re.search(r"listening on (http://\S+)", line)
    try:
        assert found, line + process.stderr.read()
        yield ServiceProcess(process, found[1])
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)
        process.stderr.close()


@contextmanager
def served(application: FastAPI, port: int = 0) -> Iterator[httpx.Client]:
    """Serve an application from a thread, on a free port unless one is given; yields a client of it."""
    listener = open_listener("127.0.0.1", port)
    config = uvicorn.Config(application, log_config=None, access_log=False, ws="none", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        with httpx.Client(base_url=url_of(listener), trust_env=False, timeout=PATIENCE) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
