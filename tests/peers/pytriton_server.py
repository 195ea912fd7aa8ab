"""Runs in the environment of pytriton: PORT. A real Triton server with an input of encoded pictures."""

import sys

import numpy as np
from glance import DIMENSIONS, glance
from pytriton.decorators import batch
from pytriton.model_config import DynamicBatcher, ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig


@batch
def embed(image):
    return {"embedding": np.stack([glance(bytes(picture)) for picture in image.ravel()])}


def main(port):
    ports = {"http_port": port, "grpc_port": port + 1, "metrics_port": port + 2}
    config = TritonConfig(
        http_address="127.0.0.1", grpc_address="127.0.0.1", metrics_address="127.0.0.1", **ports
    )
    with Triton(config=config) as triton:
        triton.bind(
            model_name="glance",
            infer_func=embed,
            inputs=[Tensor(name="image", dtype=bytes, shape=(1,))],
            outputs=[Tensor(name="embedding", dtype=np.float32, shape=(DIMENSIONS,))],
            config=ModelConfig(max_batch_size=64, batcher=DynamicBatcher(max_queue_delay_microseconds=1000)),
        )
        triton.serve()


if __name__ == "__main__":
    main(int(sys.argv[1]))
