"""Infinity: OpenAI-style embeddings, pictures as data URIs; it runs the same weights by torch, not ONNX."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from benchmarks.peers.order import Order

if __name__ == "__main__":
    order = Order.from_environment()
    program = Path(sys.executable).with_name("infinity_emb")
    os.environ["OMP_NUM_THREADS"] = str(order.threads)
    os.execv(
        program,
        [
            str(program), "v2", "--model-id", str(order.directory), "--served-model-name", "clip",
            "--engine", "torch", "--device", "cpu", "--dtype", "float32", "--no-bettertransformer",
            "--batch-size", str(order.batch), "--no-vector-disk-cache", "--host", "127.0.0.1",
            "--port", str(order.port), "--log-level", "warning",
        ],
    )  # fmt: skip
