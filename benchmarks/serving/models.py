"""CLIP models of random weights in the layouts people publish; speed does not depend on what weights say."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

#: Where built models are kept between runs; nothing of them is committed.
FOLDER = Path(__file__).resolve().parents[2] / "build" / "bench-models"

#: Side of the square every model looks at, pixels.
SIDE = 224

#: Means and deviations that OpenAI's CLIP normalises with (its preprocessor_config.json).
MEAN, DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


@dataclass(frozen=True, slots=True)
class Size:
    """Dimensions of both towers of a CLIP; patches are `patch` pixels wide."""

    width: int
    layers: int
    heads: int
    patch: int
    text_width: int
    text_layers: int
    text_heads: int
    dimensions: int


#: ViT-B/32 as OpenAI published it, and one whose inference costs next to nothing, so that the server shows.
SIZES = {
    "clip-vit-b32": Size(768, 12, 12, 32, 512, 12, 8, 512),
    "clip-tiny": Size(64, 2, 2, 32, 64, 2, 2, 64),
}


def directory_of(name: str) -> Path:
    """The directory of a model, which is built when it is not there; takes half a minute and torch.

    Holds config.json, preprocessor_config.json, tokenizer, model.safetensors, and both towers under onnx/.
    """
    directory = FOLDER / name
    if not (directory / "onnx" / "text_model.onnx").is_file():
        unfinished = FOLDER / f"{name}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        _build(unfinished, SIZES[name])
        shutil.rmtree(directory, ignore_errors=True)
        unfinished.rename(directory)
    return directory


def _build(directory: Path, size: Size) -> None:
    import torch
    from transformers import CLIPModel

    torch.manual_seed(0)
    words = _save_tokenizer(directory)
    model: Any = CLIPModel(_config(size, words))
    model.eval()
    model.save_pretrained(directory)
    (directory / "preprocessor_config.json").write_text(json.dumps(_PREPROCESSING, indent=1))
    (directory / "onnx").mkdir()
    _export(model, directory / "onnx", torch)


def _config(size: Size, words: dict[str, int]) -> Any:
    from transformers import CLIPConfig

    ends = {"bos_token_id": words["<|startoftext|>"], "eos_token_id": words["<|endoftext|>"]}
    text = {
        "vocab_size": 49408, "hidden_size": size.text_width, "intermediate_size": 4 * size.text_width,
        "num_hidden_layers": size.text_layers, "num_attention_heads": size.text_heads,
        "pad_token_id": ends["eos_token_id"], **ends,
    }  # fmt: skip
    vision = {
        "hidden_size": size.width, "intermediate_size": 4 * size.width, "num_hidden_layers": size.layers,
        "num_attention_heads": size.heads, "image_size": SIDE, "patch_size": size.patch,
    }  # fmt: skip
    return CLIPConfig(text_config=text, vision_config=vision, projection_dim=size.dimensions)


def _save_tokenizer(directory: Path) -> dict[str, int]:
    """Write a tokenizer of single bytes, and return its vocabulary; speed needs none of CLIP's words."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import CLIPTokenizer

    letters = sorted(ByteLevel.alphabet())
    pieces = [*letters, *(f"{letter}</w>" for letter in letters)]
    pieces += [f"<unused{number}>" for number in range(49406 - len(pieces))]
    words = {piece: number for number, piece in enumerate([*pieces, "<|startoftext|>", "<|endoftext|>"])}
    (directory / "vocab.json").write_text(json.dumps(words))
    (directory / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = CLIPTokenizer(
        vocab=str(directory / "vocab.json"), merges=str(directory / "merges.txt"), model_max_length=77
    )
    tokenizer.save_pretrained(directory)
    return words


#: What OpenAI's preprocessor_config.json says.
_PREPROCESSING = {
    "crop_size": {"height": SIDE, "width": SIDE},
    "do_center_crop": True,
    "do_convert_rgb": True,
    "do_normalize": True,
    "do_rescale": True,
    "do_resize": True,
    "image_mean": MEAN,
    "image_processor_type": "CLIPImageProcessor",
    "image_std": DEVIATION,
    "resample": 3,
    "rescale_factor": 1 / 255,
    "size": {"shortest_edge": SIDE},
}


def _export(model: Any, folder: Path, torch: Any) -> None:
    """Write both towers with the names that published exports use."""

    class Vision(torch.nn.Module):  # type: ignore[misc]
        def forward(self, pixel_values: Any) -> Any:
            pooled = model.vision_model(pixel_values=pixel_values).pooler_output
            return model.visual_projection(pooled)

    class Text(torch.nn.Module):  # type: ignore[misc]
        def forward(self, input_ids: Any) -> Any:
            return model.text_projection(model.text_model(input_ids=input_ids).pooler_output)

    batch = torch.export.Dim("batch", min=1, max=4096)
    pixels = torch.zeros(2, 3, SIDE, SIDE)
    ids = torch.full((2, 77), model.config.text_config.eos_token_id, dtype=torch.int64)
    for tower, module, example, given, made in (
        ("vision", Vision(), pixels, "pixel_values", "image_embeds"),
        ("text", Text(), ids, "input_ids", "text_embeds"),
    ):
        torch.onnx.export(
            module.eval(), (example,), folder / f"{tower}_model.onnx",
            dynamo=True, dynamic_shapes=({0: batch},), input_names=[given], output_names=[made],
            external_data=False, opset_version=18, verbose=False,
        )  # fmt: skip


def dimensions_of(name: str) -> int:
    """Numbers in an embedding of a model."""
    return int(asdict(SIZES[name])["dimensions"])
