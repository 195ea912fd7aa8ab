"""How the reference writes captions with a model: its first and last tokens, and how many there may be."""

from __future__ import annotations

from dataclasses import dataclass

from pinakes.core.errors import ModelUnusable
from pinakes.models.tasks.model_directory import Config

#: Tokens that the reference writes at most where the model's files name no length.
NEW_TOKENS = 20

#: What the reference assumes where a BLIP's `config.json` is silent.
BLIP_TOKENS = {"bos_token_id": 30522, "sep_token_id": 102, "pad_token_id": 0}


@dataclass(frozen=True, slots=True)
class Manner:
    """How captions are written: greedily, from the first token to the last.

    Attributes:
        first: token id that every caption begins with.
        last: token ids that end one.
        pad: token id that follows the end in a batch.
        length: most tokens of a caption, the first among them.
    """

    first: int
    last: tuple[int, ...]
    pad: int
    length: int


def manner_of(config: Config, generation: Config) -> Manner:
    """How the reference writes captions with a model of this `config.json` and `generation_config.json`.

    Raises:
        ModelUnusable: it does not write greedily, or a token is not named.
    """
    if config.get("model_type") == "blip":  # whose own generate() overrules everything but the text's tokens
        text = {**BLIP_TOKENS, **dict(config.get("text_config") or {})}
        positions = int(text.get("max_position_embeddings", 512))
        length = min(1 + NEW_TOKENS, positions)
        return Manner(text["bos_token_id"], (text["sep_token_id"],), text["pad_token_id"], length)
    told = {**dict(config.get("decoder") or {}), **config, **generation}
    if int(generation.get("num_beams") or 1) > 1 or generation.get("do_sample"):
        raise ModelUnusable(
            "The model's generation_config.json asks for beams or chance; here captions are greedy.",
            remedy="Set num_beams to 1 and do_sample to false in it, if the model may be used so.",
        )
    first, last = told.get("decoder_start_token_id"), told.get("eos_token_id")
    if first is None or last is None:
        raise ModelUnusable("The model's files do not say which tokens begin and end a caption.")
    ends = tuple(last) if isinstance(last, list) else (last,)
    pad = told.get("pad_token_id")
    return Manner(
        first, ends, ends[0] if pad is None else pad, generation.get("max_length") or 1 + NEW_TOKENS
    )
