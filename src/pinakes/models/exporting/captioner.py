"""BLIP as two graphs: the encoder gives what every layer of the decoder looks up in the picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pinakes.models.exporting.onnx_writing import Graph
from pinakes.models.runtimes.onnx_captioner import REMEMBERED, REMEMBERING

#: Words that the example remembers; the exporter takes 0 and 1 for constants.
_EXAMPLE = 3


def graphs_of(model: Any) -> Iterator[Graph]:
    """`encoder_model` and `decoder_model` of a `BlipForConditionalGeneration` in memory.

    The keys and values of the cross attention are the picture's alone, so the encoder computes them once;
    the decoder takes one word at a time and hands on what it remembers.
    """
    import torch

    config = model.config.text_config
    heads, width = config.num_attention_heads, config.hidden_size // config.num_attention_heads
    parts = [f"{layer}.{side}" for layer in range(config.num_hidden_layers) for side in ("key", "value")]
    crossing, own = ([f"{part.replace('.', f'.{of}.')}" for part in parts] for of in ("encoder", "decoder"))
    side, patch = model.config.vision_config.image_size, model.config.vision_config.patch_size
    patches = (side // patch) ** 2 + 1
    any_number = torch.export.Dim("batch", min=1, max=4096)
    words = torch.export.Dim("words", min=0, max=config.max_position_embeddings - 1)
    yield Graph(
        "encoder_model",
        model,
        lambda pixels: looked_up(model, pixels),
        {"pixel_values": torch.rand(2, 3, side, side)},
        {"pixel_values": {0: any_number}},
        [f"{REMEMBERED}.{name}" for name in crossing],
    )
    memories = {f"{REMEMBERING}.{name}": torch.rand(2, heads, _EXAMPLE, width) for name in own}
    seen = {f"{REMEMBERING}.{name}": torch.rand(2, heads, patches, width) for name in crossing}
    yield Graph(
        "decoder_model",
        model,
        lambda ids, *past: next_word(model, ids, past),
        {"input_ids": torch.ones(2, 1, dtype=torch.int64), **memories, **seen},
        {
            "input_ids": {0: any_number},
            **{name: {0: any_number, 2: words} for name in memories},
            **{name: {0: any_number} for name in seen},
        },
        ["logits", *(f"{REMEMBERED}.{name}" for name in own)],
    )


def looked_up(model: Any, pixels: Any) -> tuple[Any, ...]:
    """Keys and values of every layer's cross attention, (n, heads, patches, width) each."""
    seen = model.vision_model(pixel_values=pixels)[0]
    found = []
    for layer in model.text_decoder.bert.encoder.layer:
        attention = layer.crossattention.self
        shape = (*seen.shape[:-1], -1, attention.attention_head_size)
        found += [part(seen).view(shape).transpose(1, 2) for part in (attention.key, attention.value)]
    return tuple(found)


def next_word(model: Any, ids: Any, past: tuple[Any, ...]) -> tuple[Any, ...]:
    """Logits (n, 1, vocabulary) of the next word, and keys and values of every layer with this word added."""
    import torch
    from transformers.cache_utils import DynamicCache, EncoderDecoderCache

    layers = len(past) // 4
    pairs = list(zip(past[::2], past[1::2], strict=True))
    cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
    for layer, ((key, value), (crossing_key, crossing_value)) in enumerate(
        zip(pairs[:layers], pairs[layers:], strict=True)
    ):
        cache.self_attention_cache.update(key, value, layer)
        cache.cross_attention_cache.update(crossing_key, crossing_value, layer)
        cache.is_updated[layer] = True
    written = model.text_decoder(
        input_ids=ids,
        past_key_values=cache,
        encoder_hidden_states=torch.zeros_like(past[2 * layers][:, 0]),  # only asks for the cross attention
        use_cache=True,
    )
    own = cache.self_attention_cache.layers
    return (written.logits, *(part for layer in own for part in (layer.keys, layer.values)))
