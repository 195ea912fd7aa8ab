"""Models run by transformers and torch, for weights without an ONNX form; the `transformers` extra."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from pinakes.core.errors import ModelFailed, ModelUnusable
from pinakes.models.base import LoadedModel, Logits
from pinakes.models.runtimes.memory import no_memory
from pinakes.models.runtimes.transformers_weights import logits_of, read_weights
from pinakes.models.tasks import captioner, dual_encoder, tokenizing
from pinakes.models.tasks.captioner import Captioner
from pinakes.models.tasks.dual_encoder import Floats, Sides
from pinakes.models.tasks.load_options import LoadOptions
from pinakes.models.tasks.manner import NEW_TOKENS, manner_of
from pinakes.models.tasks.model_directory import Config, optional_config, read_config
from pinakes.models.tasks.picture_settings import picture_input_of
from pinakes.models.tasks.tokenizing import Ids


def load(directory: Path, options: LoadOptions) -> LoadedModel:
    """Load `model.safetensors` and the settings beside it, on a GPU where there is one.

    Raises:
        ModelUnusable: the extra is not installed, or a file is absent, damaged or of another kind of model.
        OutOfMemory: the model does not fit.
    """
    if options.variant:
        raise ModelUnusable(
            f"Weights for torch have no variant {options.variant!r}.",
            remedy="Ask for none, or export to ONNX.",
        )
    config = read_config(directory / "config.json")
    weights = Weights(read_weights(directory), threads=options.threads)
    if hasattr(weights.model, "get_text_features"):
        return dual_encoder.loaded(_sides(directory, config, weights), options)
    picture = picture_input_of(directory, config)
    words = tokenizing.read_backend(directory / "tokenizer.json").decode
    _bound(weights.model)
    generation = optional_config(directory / "generation_config.json")
    blip = config.get("model_type") == "blip"
    rules = manner_of(config, generation) if blip else json.dumps(generation, sort_keys=True)
    made = Captioner(picture, weights.write, words, rules, weights.nbytes, weights.close)
    return captioner.loaded(made, options)


class Weights:
    """A model of transformers in memory, fed with numpy; may be called from several threads at once."""

    def __init__(self, model: Any, *, threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        with translated():
            self._model = model.to(self._device)
        self.nbytes = sum(weights.nbytes for weights in model.parameters())

    @property
    def model(self) -> Any:
        """The model itself.

        Raises:
            ModelFailed: it has been closed.
        """
        if self._model is None:
            raise ModelFailed("The model has been closed.")
        return self._model

    def encode_pictures(self, tensors: Floats) -> Floats:
        """float32 (n, 3, height, width) to float32 (n, dimensions)."""
        rows = self._run(lambda: self.model.get_image_features(pixel_values=self._tensor(tensors)))
        return np.asarray(rows, dtype=np.float32)

    def encode_texts(self, ids: Ids, mask: Ids) -> Floats:
        """int64 (n, tokens) twice to float32 (n, dimensions)."""
        # SigLIP was trained without a mask: it looks at what fills a text up as well.
        masks = {} if hasattr(self.model, "logit_bias") else {"attention_mask": self._tensor(mask)}
        rows = self._run(lambda: self.model.get_text_features(input_ids=self._tensor(ids), **masks))
        return np.asarray(rows, dtype=np.float32)

    def write(self, tensors: Floats) -> Sequence[Sequence[int]]:
        """Token ids of a caption for each of float32 (n, 3, height, width), as the model's own `generate`."""
        rows = self._run(lambda: self.model.generate(pixel_values=self._tensor(tensors)))
        return [[int(token) for token in row] for row in rows]

    def close(self) -> None:
        """Release the weights; an inference in progress ends first."""
        self._model = None

    def _tensor(self, array: Any) -> Any:
        import torch

        return torch.from_numpy(array).to(self._device)

    def _run(self, infer: Callable[[], Any]) -> Any:
        import torch

        with translated(), torch.inference_mode():
            result = infer()
            return getattr(result, "pooler_output", result).cpu().numpy()


@contextmanager
def translated() -> Iterator[None]:
    """Turns torch's failures into ours.

    Raises:
        OutOfMemory: there was no memory left.
        ModelFailed: anything else.
    """
    import torch

    try:
        yield
    except ModelFailed:
        raise
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise no_memory() from error
    except RuntimeError as error:
        if "allocate memory" in str(error):  # what torch says of the main memory
            raise no_memory() from error
        raise ModelFailed("The model cannot be run on this input (RuntimeError).") from error
    except Exception as error:  # what models raise of wrong inputs is of every class
        raise ModelFailed(f"The model cannot be run on this input ({type(error).__name__}).") from error


def _sides(directory: Path, config: Config, weights: Weights) -> Sides:
    tokenizer = tokenizing.from_transformers(directory, config)
    logits = logits_of(weights.model)
    return Sides(
        picture_input_of(directory, config),
        tokenizer,
        weights.encode_pictures,
        weights.encode_texts,
        tokenizer.length if tokenizer.padded else None,
        lambda _: logits or Logits(1.0, 0.0, "softmax"),
        weights.nbytes,
        weights.close,
    )


def _bound(model: Any) -> None:
    """Name the length of captions that the reference would assume with a warning."""
    writer = getattr(model, "text_decoder", getattr(model, "language_model", model))
    settings = writer.generation_config
    if settings.max_length is None and settings.max_new_tokens is None:
        settings.max_new_tokens = NEW_TOKENS
