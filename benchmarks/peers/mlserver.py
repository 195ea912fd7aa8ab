"""MLServer: the Open Inference Protocol over REST, pictures as base64 (it has no binary form there)."""

from __future__ import annotations

import asyncio

from mlserver import MLModel, MLServer, ModelSettings, Settings
from mlserver.codecs import Base64Codec, NumpyCodec
from mlserver.settings import ModelParameters
from mlserver.types import InferenceRequest, InferenceResponse

from benchmarks.peers.clip import Clip
from benchmarks.peers.order import Order


class Embedding(MLModel):  # type: ignore[misc]
    """The model behind its adaptive batching."""

    async def load(self) -> bool:
        """Load the model."""
        order = Order.from_environment()
        self.clip = Clip(order.directory, order.threads)
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Embed a batch; in a worker process of its own where there are several, else on a thread."""
        pictures = Base64Codec.decode_input(payload.inputs[0])
        vectors = await asyncio.to_thread(self.clip.embed, pictures)
        return InferenceResponse(
            model_name=self.name, outputs=[NumpyCodec.encode_output("embedding", vectors)]
        )


async def serve(order: Order) -> None:
    """Run until a signal ends it."""
    server = MLServer(
        Settings(
            host="127.0.0.1", http_port=order.port, grpc_port=order.port + 1, metrics_endpoint=None,
            parallel_workers=order.workers if order.workers > 1 else 0, debug=False,
        )
    )  # fmt: skip
    model = ModelSettings(
        name="clip", implementation="benchmarks.peers.mlserver.Embedding",
        max_batch_size=order.batch, max_batch_time=order.delay,
        parameters=ModelParameters(uri=str(order.directory)),
    )  # fmt: skip
    await server.start([model])


if __name__ == "__main__":
    asyncio.run(serve(Order.from_environment()))
