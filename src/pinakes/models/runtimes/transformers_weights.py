"""Weights in the layout of transformers: safetensors only, no code of the model's own, no network."""

from __future__ import annotations

import math
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pinakes.core.errors import ModelUnusable, OutOfMemory
from pinakes.models.base import Logits
from pinakes.models.tasks.model_directory import Config, damaged, read_config

#: Kinds of models in `config.json`, and the classes of transformers that run them.
CLASSES = {
    "clip": "CLIPModel",
    "siglip": "SiglipModel",
    "blip": "BlipForConditionalGeneration",
    "blip-2": "Blip2ForConditionalGeneration",
    "vision-encoder-decoder": "VisionEncoderDecoderModel",
}


def read_weights(directory: Path) -> Any:
    """The model in a directory as transformers' own class, ready for inference in float32 on the processor.

    Raises:
        ModelUnusable: the extra is not installed, the kind is not known here, or a file is absent or damaged.
        OutOfMemory: it does not fit.
    """
    kind = require_known_kind(read_config(directory / "config.json"))
    if not any(directory.glob("model*.safetensors")):
        raise ModelUnusable("The model lacks the file model.safetensors.", remedy="Get it as safetensors.")
    _demand_extra()
    return _read(directory, CLASSES[kind])


def require_known_kind(config: Config) -> str:
    """The kind of model that a `config.json` names.

    Raises:
        ModelUnusable: it is none of those that are run here.
    """
    kind = str(config.get("model_type"))
    if kind not in CLASSES:
        raise ModelUnusable(
            f"Models of the kind {kind!r} are not known here.",
            remedy=f"Use one of these kinds: {', '.join(CLASSES)}.",
        )
    return kind


def logits_of(model: Any) -> Logits | None:
    """How the model's cosines become probabilities; None where it gives none."""
    if not hasattr(model, "logit_scale"):
        return None
    scale = math.exp(model.logit_scale.item())
    if hasattr(model, "logit_bias"):
        return Logits(scale, model.logit_bias.item(), "sigmoid")
    return Logits(scale, 0.0, "softmax")


def _read(directory: Path, class_name: str) -> Any:
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        model, found = getattr(transformers, class_name).from_pretrained(
            directory,
            dtype=torch.float32,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise OutOfMemory("The model does not fit into memory.", remedy="Use a smaller model.") from error
    except Exception as error:  # transformers and safetensors raise nearly every class there is
        raise damaged(directory / "model.safetensors") from error
    if found["missing_keys"]:
        raise ModelUnusable(
            f"The model's weights lack {sorted(found['missing_keys'])[0]!r}, and maybe more.",
            remedy="Get the model again; the weights are of another model than config.json.",
        )
    return model.eval()


def _demand_extra() -> None:
    if find_spec("torch") is None or find_spec("transformers") is None:
        raise ModelUnusable(
            "This model has no ONNX graphs, and runs on torch, which is not installed.",
            remedy="Install it with: pip install 'pinakes[transformers]'; or get the model as ONNX.",
        )
