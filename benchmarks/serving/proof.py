"""Proof that a server does the work it is timed for: its embeddings are those of the direct call."""

from __future__ import annotations

import asyncio

import numpy as np

from benchmarks.serving.exchange import Answer, Connection
from benchmarks.serving.servers import NotMeasured, Server
from benchmarks.serving.wires import WIRES, Floats

#: Least cosine to the direct call; infinity decodes and reduces pictures a little differently.
LEAST_COSINE = 0.999


def prove(server: Server, picture: bytes, expected: Floats) -> None:
    """Ask a server for one picture and compare.

    Raises:
        NotMeasured: it refuses, or its embedding is another; the message has the answer's beginning.
    """
    wire = WIRES[server.name]
    answer = asyncio.run(_ask(server.port, wire.request([picture])))
    if answer.status != 200:
        raise NotMeasured(f"it answers {answer.status}: {answer.body[:300]!r}")
    vector = wire.vectors(answer.body).ravel()
    if vector.shape != expected.shape or float(np.dot(vector, expected)) < LEAST_COSINE:
        raise NotMeasured(f"it answers another embedding, of {vector.size} numbers.")


async def _ask(port: int, request: bytes) -> Answer:
    async with asyncio.timeout(60), Connection(port) as connection:
        return await connection.ask(request)
