"""CLIP and SigLIP as ONNX graphs: the layouts of optimum and transformers.js, and Immich's exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pinakes.models.base import LoadedModel, Logits
from pinakes.models.layouts import graph_folder
from pinakes.models.runtimes.graph_files import GraphFile, variant_meant
from pinakes.models.runtimes.graph_names import (
    PICTURE_OUTPUTS,
    TEXT_OUTPUTS,
    embedding,
    picture_input,
    text_input,
    words,
)
from pinakes.models.runtimes.onnx_session import Array, OnnxSession
from pinakes.models.tasks import logit_scale, tokenizing
from pinakes.models.tasks.dual_encoder import Family, Floats, Sides, family_of, loaded
from pinakes.models.tasks.load_options import LoadOptions
from pinakes.models.tasks.model_directory import optional_config, read_config
from pinakes.models.tasks.picture_input import PictureInput
from pinakes.models.tasks.picture_settings import from_open_clip, picture_input_of
from pinakes.models.tasks.tokenizing import Ids, Tokenizer


@dataclass(frozen=True, slots=True)
class Graphs:
    """The two sides of a model as sessions; one graph may hold both, and then wants both inputs at once."""

    pictures: OnnxSession
    texts: OnnxSession
    picture: PictureInput
    tokenizer: Tokenizer

    @property
    def tokens(self) -> int | None:
        """The number of tokens that the graph, or the model's training, insists on; None for any."""
        declared = self.texts.shape(text_input(self.texts))
        return (declared[1:] or [None])[0] or (self.tokenizer.length if self.tokenizer.padded else None)

    def encode_pictures(self, tensors: Floats) -> Floats:
        """float32 (n, 3, height, width) to float32 (n, dimensions)."""
        feeds = {picture_input(self.pictures): tensors}
        if self.pictures is self.texts:
            feeds |= words(self.texts, *self.tokenizer.batch([self.tokenizer("")], length=self.tokens))
        return _embeddings(self.pictures, feeds, PICTURE_OUTPUTS)

    def encode_texts(self, ids: Ids, mask: Ids) -> Floats:
        """int64 (n, tokens) twice to float32 (n, dimensions)."""
        if self.texts.alone and self.tokens is None:  # what fills a text up would change its result
            texts = [row[None, seen > 0] for row, seen in zip(ids, mask, strict=True)]
            return np.concatenate([self._encode_texts(text, np.ones_like(text)) for text in texts])
        return self._encode_texts(ids, mask)

    def _encode_texts(self, ids: Ids, mask: Ids) -> Floats:
        feeds = dict(words(self.texts, ids, mask))
        if self.pictures is self.texts:
            blank = np.zeros((1, 3, self.picture.height, self.picture.width), dtype=np.float32)
            feeds[picture_input(self.pictures)] = blank
        return _embeddings(self.texts, feeds, TEXT_OUTPUTS)

    def loaded(self, family: Family, options: LoadOptions) -> LoadedModel:
        """Both sides behind the seam; several calls pay off where the pictures' side is made for it."""
        made = loaded(self.sides(family), options)
        return replace(made, concurrency=options.concurrency_beside) if self.pictures.twice else made

    def sides(self, family: Family) -> Sides:
        """Both sides, to be put behind the seam."""
        sessions = {self.pictures, self.texts}
        return Sides(
            self.picture,
            self.tokenizer,
            self.encode_pictures,
            self.encode_texts,
            self.tokens,
            lambda dimensions: self._logits(family, dimensions),
            sum(session.nbytes for session in sessions),
            self.close,
        )

    def close(self) -> None:
        """Release both sessions."""
        self.pictures.close()
        self.texts.close()

    def _logits(self, family: Family, dimensions: int) -> Logits:
        """How cosines become probabilities, from the best source there is."""
        told = logit_scale.noted(self.pictures.metadata) or self._measured(family)
        return told or logit_scale.published(family, dimensions)

    def _measured(self, family: Family) -> Logits | None:
        wanted = ("logits_per_image", "image_embeds", "text_embeds")
        if not set(wanted) <= set(self.pictures.outputs):
            return None
        shape = (2, 3, self.picture.height, self.picture.width)
        noise = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)
        said = self.tokenizer.batch([self.tokenizer("a"), self.tokenizer("two dogs")], length=self.tokens)
        feeds = {picture_input(self.pictures): noise, **words(self.texts, *said)}
        logits, pictures, texts = self.pictures.run(feeds, wanted)
        found = logit_scale.measured(pictures, texts, logits) if logits.shape == (2, 2) else None
        if found is None:
            return None
        return Logits(found[0], 0.0, "softmax") if family == "clip" else Logits(*found, "sigmoid")


def from_optimum(directory: Path, options: LoadOptions) -> LoadedModel:
    """Load `vision_model.onnx` and `text_model.onnx`, or `model.onnx` that holds both, of the hub's layouts.

    Raises:
        ModelUnusable: a file is absent, damaged or of another kind of model.
    """
    config = read_config(directory / "config.json")
    tokenizer = tokenizing.from_transformers(directory, config)
    picture = picture_input_of(directory, config)
    folder = graph_folder(directory)
    files = [GraphFile(folder, stem) for stem in _stems(folder)]
    family = family_of(str(config.get("model_type")), tokenizer)
    return _loaded(files, picture, tokenizer, family, options)


def from_immich(directory: Path, options: LoadOptions) -> LoadedModel:
    """Load `visual/model.onnx` and `textual/model.onnx` with open_clip's settings beside them.

    Raises:
        ModelUnusable: a file is absent, damaged or of another kind of model.
    """
    tokenizer = tokenizing.from_open_clip(directory / "textual", optional_config(directory / "config.json"))
    picture = from_open_clip(read_config(directory / "visual" / "preprocess_cfg.json"))
    files = [GraphFile(directory / side, "model") for side in ("visual", "textual")]
    kind = "siglip" if tokenizer.clean is tokenizing.canonical_open_clip else "clip"
    return _loaded(files, picture, tokenizer, family_of(kind, tokenizer), options)


def _loaded(
    files: Sequence[GraphFile],
    picture: PictureInput,
    tokenizer: Tokenizer,
    family: Family,
    options: LoadOptions,
) -> LoadedModel:
    variant = variant_meant(files, options.variant)
    sessions = _sessions([file.in_variant(variant) for file in files], options)
    graphs = Graphs(sessions[0], sessions[-1], picture, tokenizer)
    return graphs.loaded(family, replace(options, variant=variant))


def _stems(folder: Path) -> Sequence[str]:
    towers = ("vision_model", "text_model")
    whole = all(any(folder.glob(f"{stem}*.onnx")) for stem in towers)
    return towers if whole or not any(folder.glob("model*.onnx")) else ("model",)


def _sessions(files: Sequence[Path], options: LoadOptions) -> Sequence[OnnxSession]:
    """The side of pictures, which is called most and longest, is there for calls beside others as well."""
    first, *others = files
    pictures = OnnxSession(first, threads=options.threads, beside=options.beside)
    return [pictures, *(OnnxSession(file, threads=options.threads) for file in others)]


def _embeddings(session: OnnxSession, feeds: dict[str, Array], names: Sequence[str]) -> Floats:
    (rows,) = session.run(feeds, (embedding(session, names),))
    return np.asarray(rows, dtype=np.float32)
