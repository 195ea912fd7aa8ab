"""PyTriton: NVIDIA's Triton server with its own batcher in front of Python functions; binary bodies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pytriton.decorators import batch
from pytriton.model_config import DynamicBatcher, ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig

from benchmarks.peers.clip import Clip
from benchmarks.peers.order import Order


class Instance:
    """One instance of the model, in a process of its own."""

    def __init__(self, order: Order) -> None:
        self._clip: Clip | None = None
        self._order = order

    @batch  # type: ignore[untyped-decorator]
    def __call__(self, image: NDArray[np.object_]) -> dict[str, NDArray[np.float32]]:
        """Embed a batch of shape (n, 1); the model is loaded by the process that first calls."""
        if self._clip is None:
            self._clip = Clip(self._order.directory, self._order.threads)
        return {"embedding": self._clip.embed([bytes(picture) for picture in image.ravel()])}


def main(order: Order) -> None:
    """Serve until a signal ends it."""
    ports = {"http_port": order.port, "grpc_port": order.port + 1, "metrics_port": order.port + 2}
    with Triton(config=TritonConfig(http_address="127.0.0.1", grpc_address="127.0.0.1", **ports)) as triton:
        triton.bind(
            model_name="clip",
            infer_func=[Instance(order) for _ in range(order.workers)],
            inputs=[Tensor(name="image", dtype=bytes, shape=(1,))],
            outputs=[Tensor(name="embedding", dtype=np.float32, shape=(-1,))],
            config=ModelConfig(
                max_batch_size=order.batch,
                batcher=DynamicBatcher(max_queue_delay_microseconds=int(order.delay * 1e6)),
            ),
        )
        triton.serve()


if __name__ == "__main__":
    main(Order.from_environment())
