"""LitServe: pictures as multipart, batched by its queue, embedded in worker processes."""

import base64

import litserve

from benchmarks.peers.clip import Clip, Floats
from benchmarks.peers.order import Order


class Embedding(litserve.LitAPI):  # type: ignore[misc]
    """One worker: decodes, embeds, and answers base64 of float32 bytes."""

    def setup(self, device: str) -> None:
        """Load the model."""
        order = Order.from_environment()
        self.clip = Clip(order.directory, order.threads)

    def decode_request(self, request):  # type: ignore[no-untyped-def]
        """Take the picture out of the form; an annotation here would change what is handed in."""
        picture: bytes = request["image"].file.read()
        return picture

    def batch(self, inputs: list[bytes]) -> list[bytes]:
        """Leave the batch as it is; the model stacks prepared pictures itself."""
        return inputs

    def predict(self, pictures: list[bytes]) -> Floats:
        """Embed a batch."""
        return self.clip.embed(pictures)

    def unbatch(self, output: Floats) -> list[Floats]:
        """One embedding for each request."""
        return list(output)

    def encode_response(self, output: Floats) -> dict[str, str]:
        """As JSON, since bytes do not pass."""
        return {"embedding": base64.b64encode(output.tobytes()).decode()}


if __name__ == "__main__":
    order = Order.from_environment()
    litserve.LitServer(
        Embedding(max_batch_size=order.batch, batch_timeout=order.delay),
        accelerator="cpu",
        workers_per_device=order.workers,
    ).run(host="127.0.0.1", port=order.port, generate_client_file=False, log_level="warning")
