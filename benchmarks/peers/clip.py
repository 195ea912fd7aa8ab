"""The work that every peer serves: bytes of pictures to unit embeddings, by one ONNX model on the CPU.

It imports nothing of ours, since it runs in the peers' own environments.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]


class Clip:
    """The image tower of a model directory; safe to call from several threads.

    Args:
        directory: holds preprocessor_config.json and onnx/vision_model.onnx.
        threads: that one call of the model may use; pictures are decoded on as many.
    """

    def __init__(self, directory: Path, threads: int) -> None:
        said = json.loads((directory / "preprocessor_config.json").read_text("utf-8"))
        self.side = int(said["crop_size"]["height"])
        mean = np.array(said["image_mean"], dtype=np.float32)
        deviation = np.array(said["image_std"], dtype=np.float32)
        self._scale, self._shift = 1 / (255 * deviation), -mean / deviation
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(
            directory / "onnx" / "vision_model.onnx", options, providers=["CPUExecutionProvider"]
        )
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def embed(self, pictures: Sequence[bytes]) -> Floats:
        """Embed encoded pictures: float32 (n, dimensions), each of length 1."""
        each = self._pool.map(self.prepare, pictures) if self._pool else map(self.prepare, pictures)
        return self.infer(np.stack(list(each)))

    def prepare(self, encoded: bytes) -> Floats:
        """Decode a picture and make it ready for the model: float32 (3, side, side).

        JPEGs are decoded at the least scale that is twice the model's side, as our service does.
        """
        image = Image.open(io.BytesIO(encoded))
        image.draft("RGB", (2 * self.side, 2 * self.side))
        return self.prepare_image(image)

    def prepare_image(self, image: Image.Image) -> Floats:
        """Reduce an opened picture and normalise it."""
        scaled = np.asarray(self.reduce(image), dtype=np.float32) * self._scale + self._shift
        return np.ascontiguousarray(scaled.transpose(2, 0, 1))

    def reduce(self, image: Image.Image) -> Image.Image:
        """Reduce the shorter side to the model's by bicubic, and cut out the middle."""
        image = image.convert("RGB")
        ratio = self.side / min(image.size)
        width, height = (max(self.side, int(length * ratio)) for length in image.size)
        image = image.resize((width, height), Image.Resampling.BICUBIC)
        left, top = (width - self.side) // 2, (height - self.side) // 2
        return image.crop((left, top, left + self.side, top + self.side))

    def infer(self, batch: Floats) -> Floats:
        """Run the model over prepared pictures, float32 (n, 3, side, side)."""
        vectors: Floats = self._session.run(None, {"pixel_values": batch})[0]
        normal: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normal
