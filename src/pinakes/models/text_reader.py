"""Reading the text in pictures with rapidocr, whose models come with its package: no download, no network."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pinakes.core import logging
from pinakes.core.errors import ImageRefused, ModelUnusable
from pinakes.core.types import ModelIdentity, Pixels, Reason, Refusal
from pinakes.models.base import Decode

#: Longer side to which pictures are to be decoded for reading, and to which they are reduced for finding
#: where text is, pixels. Enlarging small pictures for that, as the package does, finds half as many lines
#: again in photographs of 640 pixels, at three times the cost.
LONG_SIDE, FINDING_SIDE = 1600, 1280

#: Least confidence of a line, 0 to 1, and least letters and digits in it; below, photographs full of leaves
#: and tiles seem to say something.
LEAST_CONFIDENCE, LEAST_LETTERS = 0.8, 2

#: Longest text that is kept of one picture, characters.
LONGEST = 16 * 1024

#: The package's models: where text is, which way up a line is, and what it says (PP-OCRv6 small: Latin and
#: Greek letters, simplified and traditional Chinese, Japanese; no Cyrillic or Korean).
_MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
}


def available() -> bool:
    """Whether the extra `ocr` is installed, with the models that are known here."""
    return all(path.is_file() for path in _paths().values()) if find_spec("rapidocr") else False


class RapidReader:
    """Implements `TextReader`; the models are loaded with the first picture.

    Args:
        decode: encoded bytes to upright pixels whose longer side is at most `LONG_SIDE`.
        threads: threads of one call of a model.

    Raises:
        ModelUnusable: the extra is not installed, or has other models.
    """

    def __init__(self, decode: Decode, *, threads: int) -> None:
        if not available():
            raise ModelUnusable(
                "Text in pictures cannot be read here.", remedy="Install it with: pip install 'pinakes[ocr]'"
            )
        self._decode, self._threads = decode, threads
        self._turn = threading.Lock()

    @cached_property
    def identity(self) -> ModelIdentity:
        """The models by the hash of their files, and everything that changes what is read."""
        digest = hashlib.sha256()
        for path in _paths().values():
            digest.update(path.read_bytes())
        preprocess = f"upright-srgb-{LONG_SIDE}-{FINDING_SIDE}-from-{LEAST_CONFIDENCE}"
        return ModelIdentity("pp-ocr-v6-small", digest.hexdigest()[:12], preprocess, 0)

    def read(self, images: Sequence[bytes]) -> list[str | Refusal]:
        """Read encoded pictures; see `TextReader.read`."""
        return [self._read(image) for image in images]

    def close(self) -> None:
        """Release the models."""
        with self._turn:
            self.__dict__.pop("_engine", None)

    def _read(self, image: bytes) -> str | Refusal:
        try:
            pixels = self._decode(image)
        except ImageRefused as refused:
            return Refusal(Reason(refused.reason), refused.sentence)
        try:
            with self._turn:
                return self._lines(pixels)
        except MemoryError:
            return Refusal(Reason.OUT_OF_MEMORY, "There is not enough memory to read it.")
        except Exception as error:  # of one picture; its neighbours are read all the same
            logging.get("models").error("reading-failed", exc_info=error)
            return Refusal(Reason.MODEL_FAILED, f"The model failed on it ({type(error).__name__}).")

    def _lines(self, pixels: Pixels) -> str:
        found = self._engine(pixels[..., ::-1])  # as OpenCV orders channels
        told = zip(found.txts or (), found.scores or (), strict=True)
        lines = [text.strip() for text, score in told if score >= LEAST_CONFIDENCE]
        return "\n".join(line for line in lines if _says_something(line))[:LONGEST]

    @cached_property
    def _engine(self) -> Any:
        from rapidocr import RapidOCR

        given = {f"{part}.model_path": str(path) for part, path in _paths().items()}
        return RapidOCR(
            params={
                **given,
                "Global.log_level": "critical",
                "Global.max_side_len": LONG_SIDE,
                "Det.limit_type": "max",
                "Det.limit_side_len": FINDING_SIDE,
                "EngineConfig.onnxruntime.intra_op_num_threads": self._threads,
            }
        )


def _says_something(line: str) -> bool:
    return sum(letter.isalnum() for letter in line) >= LEAST_LETTERS


def _paths() -> dict[str, Path]:
    spec = find_spec("rapidocr")
    folder = Path(spec.origin).parent / "models" if spec and spec.origin else Path()
    return {part: folder / name for part, name in _MODELS.items()}
