"""BLIP and its like as ONNX graphs: an encoder for the picture, a decoder that writes word by word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pinakes.core.errors import ModelFailed
from pinakes.models.base import LoadedModel
from pinakes.models.layouts import graph_folder
from pinakes.models.runtimes.graph_files import GraphFile, variant_meant
from pinakes.models.runtimes.onnx_session import Array, OnnxSession
from pinakes.models.tasks.captioner import Captioner, loaded
from pinakes.models.tasks.dual_encoder import Floats
from pinakes.models.tasks.load_options import LoadOptions
from pinakes.models.tasks.manner import Manner, manner_of
from pinakes.models.tasks.model_directory import optional_config, read_config
from pinakes.models.tasks.picture_settings import picture_input_of
from pinakes.models.tasks.tokenizing import read_backend

#: Prefixes of what a decoder remembers of the words so far: as its output, and as its input one word later.
REMEMBERED, REMEMBERING = "present", "past_key_values"

#: The input of two decoders merged into one graph that says which is meant: is this a later word?
LATER = "use_cache_branch"

_STATES = "encoder_hidden_states"


@dataclass(frozen=True, slots=True)
class Graphs:
    """The sessions of a captioner. `later` writes all words but the first, where that takes another graph."""

    encoder: OnnxSession
    decoder: OnnxSession
    later: OnnxSession
    manner: Manner

    def write(self, tensors: Floats) -> Sequence[Sequence[int]]:
        """Token ids of a caption for each of float32 (n, 3, height, width), the likeliest word each time."""
        manner, count = self.manner, len(tensors)
        known = self._seen(tensors)
        ids = np.full((count, 1), manner.first, dtype=np.int64)
        going = np.ones(count, dtype=np.bool_)
        while ids.shape[1] < manner.length and going.any():
            logits = self._next(ids, known)
            word = np.where(going, logits.argmax(axis=1), manner.pad)
            ids = np.concatenate([ids, word[:, None]], axis=1)
            going &= ~np.isin(word, manner.last)
        return [_ended(row, manner) for row in ids.tolist()]

    def close(self) -> None:
        """Release all sessions."""
        for session in (self.encoder, self.decoder, self.later):
            session.close()

    def _seen(self, tensors: Floats) -> dict[str, Array]:
        """What the encoder tells the decoder, by the names of the decoder's inputs."""
        offered = self.encoder.outputs
        names = [name for name in offered if name.startswith(REMEMBERED)] or offered[:1]
        outputs = self.encoder.run({self.encoder.inputs[0]: tensors}, names)
        return {_recalled(name): array for name, array in zip(names, outputs, strict=True)}

    def _next(self, ids: Array, known: dict[str, Array]) -> Array:
        """Logits (n, vocabulary) of the next word; what the decoder remembers is added to `known`."""
        decoder = self.decoder if ids.shape[1] == 1 else self.later
        remembers = any(name.startswith(REMEMBERING) for name in self.later.inputs)
        feeds = {
            "input_ids": ids[:, -1:] if remembers else ids,
            LATER: np.array([ids.shape[1] > 1]),
            **self._nothing(decoder, known, len(ids)),
            **known,
        }
        outputs = [name for name in decoder.outputs if remembers and _is_new(name, known)]
        logits, *memories = decoder.run(feeds, ("logits", *outputs))
        known.update({_recalled(name): memory for name, memory in zip(outputs, memories, strict=True)})
        if not np.isfinite(logits[:, -1]).all():
            raise ModelFailed("The model gave words without likelihood.")
        return logits[:, -1]

    def _nothing(self, decoder: OnnxSession, known: Mapping[str, Array], count: int) -> dict[str, Array]:
        """Empty memories, float (n, heads, 0, width), for what there is nothing to remember of yet."""
        wanted = [name for name in decoder.inputs if name.startswith(REMEMBERING) and name not in known]
        shapes = {name: decoder.shape(name) for name in wanted}
        return {
            name: np.zeros((count, axes[1] or 0, 0, axes[3] or 0), np.float32)
            for name, axes in shapes.items()
        }


def load(directory: Path, options: LoadOptions) -> LoadedModel:
    """Load `encoder_model.onnx` and `decoder_model.onnx`, once they have written a first caption.

    Raises:
        ModelUnusable: a file is absent or damaged, or the model writes in a manner not known here.
    """
    config = read_config(directory / "config.json")
    picture = picture_input_of(directory, config)
    manner = manner_of(config, optional_config(directory / "generation_config.json"))
    words = read_backend(directory / "tokenizer.json").decode
    files = _files(graph_folder(directory))
    variant = variant_meant(files, options.variant)
    sessions = [OnnxSession(file.in_variant(variant), threads=options.threads) for file in files]
    graphs = Graphs(sessions[0], sessions[1], sessions[-1], manner)
    nbytes = sum(session.nbytes for session in sessions)
    made = Captioner(picture, graphs.write, words, manner, nbytes, graphs.close)
    return loaded(made, replace(options, variant=variant))


def _files(folder: Path) -> Sequence[GraphFile]:
    """The graphs in their order of use; exporters write the decoder as one, as two, or as two merged."""
    encoder, decoder, merged, later = (
        GraphFile(folder, stem)
        for stem in ("encoder_model", "decoder_model", "decoder_model_merged", "decoder_with_past_model")
    )
    if not decoder.variants and merged.variants:
        return encoder, merged
    return (encoder, decoder, later) if later.variants else (encoder, decoder)


def _ended(row: Sequence[int], manner: Manner) -> Sequence[int]:
    """A caption without what fills it up to the longest of its batch."""
    for place, token in enumerate(row[1:], start=1):
        if token in manner.last:
            return row[: place + 1]
    return row


def _is_new(output: str, known: Mapping[str, Array]) -> bool:
    """Whether a decoder's output is worth remembering: what it saw in the picture stays as it was at first.

    Merged decoders give something empty in its place for later words.
    """
    return output.startswith(REMEMBERED) and not (".encoder." in output and _recalled(output) in known)


def _recalled(name: str) -> str:
    """The decoder's input for what the encoder or decoder gave out as `name`."""
    return name.replace(REMEMBERED, REMEMBERING, 1) if name.startswith(REMEMBERED) else _STATES
