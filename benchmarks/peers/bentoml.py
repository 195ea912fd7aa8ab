"""BentoML: pictures as multipart, batched by its adaptive dispatcher, embedded in worker processes."""

from __future__ import annotations

import sys

import bentoml
import numpy as np
from PIL import Image

from benchmarks.peers.clip import Clip
from benchmarks.peers.order import Order

order = Order.from_environment()


@bentoml.service(
    name="clip", workers=order.workers, traffic={"timeout": 60}, logging={"access": {"enabled": False}}
)
class Embedding:
    """One worker, with the model loaded as it is made."""

    def __init__(self) -> None:
        self.clip = Clip(order.directory, order.threads)

    @bentoml.api(batchable=True, max_batch_size=order.batch, max_latency_ms=60_000)  # type: ignore[untyped-decorator]
    def embed(self, images: list[Image.Image]) -> np.ndarray:
        """Embed a batch; the pictures arrive opened and not yet decoded."""
        side = 2 * self.clip.side
        for image in images:
            image.draft("RGB", (side, side))
        return self.clip.infer(np.stack([self.clip.prepare_image(image) for image in images]))


if __name__ == "__main__":
    from bentoml_cli.cli import cli

    sys.argv = ["bentoml", "serve", "benchmarks.peers.bentoml:Embedding"]
    sys.argv += ["--host", "127.0.0.1", "--port", str(order.port)]
    cli()
