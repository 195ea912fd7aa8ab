"""The two sides of CLIP and SigLIP as graphs, each with its projection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pinakes.models.exporting.onnx_writing import Graph


def graphs_of(model: Any) -> Iterator[Graph]:
    """`vision_model` and `text_model` of a `CLIPModel` or `SiglipModel` in memory."""
    import torch

    side = model.config.vision_config.image_size
    tokens = model.config.text_config.max_position_embeddings
    any_number = torch.export.Dim("batch", min=1, max=4096)
    words = {0: any_number}
    if model.config.model_type == "clip":  # it never looks ahead; SigLIP is trained on texts of one length
        words[1] = torch.export.Dim("tokens", min=2, max=tokens)
    yield Graph(
        "vision_model",
        model,
        lambda pixels: embedding(model.get_image_features(pixel_values=pixels)),
        {"pixel_values": torch.rand(2, 3, side, side)},
        {"pixel_values": {0: any_number}},
        ("image_embeds",),
    )
    yield Graph(
        "text_model",
        model,
        lambda ids: embedding(model.get_text_features(input_ids=ids)),
        {"input_ids": torch.ones(2, tokens, dtype=torch.int64)},
        {"input_ids": words},
        ("text_embeds",),
    )


def embedding(features: Any) -> Any:
    """The tensor of embeddings, which newer releases of transformers wrap in an output object."""
    return getattr(features, "pooler_output", features)
