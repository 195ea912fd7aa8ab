"""CLIP and SigLIP as ONNX graphs: the layouts of optimum and transformers.js, and Immich's exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pinakes.core.errors import ModelUnusable
from pinakes.models.base import LoadedModel, Logits
from pinakes.models.runtimes.onnx_session import Array, OnnxSession
from pinakes.models.tasks import logit_scale, picture_input, tokenizing
from pinakes.models.tasks.dual_encoder import Family, Floats, Sides, family_of, loaded
from pinakes.models.tasks.load_options import LoadOptions
from pinakes.models.tasks.model_directory import optional_config, picture_config, read_config
from pinakes.models.tasks.picture_input import PictureInput
from pinakes.models.tasks.tokenizing import Ids, Tokenizer

#: Names of the input that takes the picture, and the token ids: transformers' exports, then Immich's.
PICTURE_INPUTS = ("pixel_values", "image")
TEXT_INPUTS = ("input_ids", "text")

#: Names of the output that is the embedding, best first.
PICTURE_OUTPUTS = ("image_embeds", "embedding", "pooler_output")
TEXT_OUTPUTS = ("text_embeds", "embedding", "pooler_output")


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
        declared = self.texts.shape(_named(self.texts.inputs, TEXT_INPUTS))
        return (declared[1:] or [None])[0] or (self.tokenizer.length if self.tokenizer.padded else None)

    def encode_pictures(self, tensors: Floats) -> Floats:
        """float32 (n, 3, height, width) to float32 (n, dimensions)."""
        feeds = {_named(self.pictures.inputs, PICTURE_INPUTS): tensors}
        if self.pictures is self.texts:
            feeds |= self._words(*self.tokenizer.batch([self.tokenizer("")], length=self.tokens))
        return _embeddings(self.pictures, feeds, PICTURE_OUTPUTS)

    def encode_texts(self, ids: Ids, mask: Ids) -> Floats:
        """int64 (n, tokens) twice to float32 (n, dimensions)."""
        if self.texts.alone and self.tokens is None:  # what fills a text up would change its result
            texts = [row[None, seen > 0] for row, seen in zip(ids, mask, strict=True)]
            return np.concatenate([self._encode_texts(text, np.ones_like(text)) for text in texts])
        return self._encode_texts(ids, mask)

    def _encode_texts(self, ids: Ids, mask: Ids) -> Floats:
        feeds = self._words(ids, mask)
        if self.pictures is self.texts:
            blank = np.zeros((1, 3, self.picture.height, self.picture.width), dtype=np.float32)
            feeds[_named(self.pictures.inputs, PICTURE_INPUTS)] = blank
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

    def _words(self, ids: Ids, mask: Ids) -> dict[str, Array]:
        return {_named(self.texts.inputs, TEXT_INPUTS): ids, "attention_mask": mask}

    def _measured(self, family: Family) -> Logits | None:
        wanted = ("logits_per_image", "image_embeds", "text_embeds")
        if not set(wanted) <= set(self.pictures.outputs):
            return None
        shape = (2, 3, self.picture.height, self.picture.width)
        noise = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)
        words = self.tokenizer.batch([self.tokenizer("a"), self.tokenizer("two dogs")], length=self.tokens)
        feeds = {_named(self.pictures.inputs, PICTURE_INPUTS): noise, **self._words(*words)}
        logits, pictures, texts = self.pictures.run(feeds, wanted)
        found = logit_scale.measured(pictures, texts, logits) if logits.shape == (2, 2) else None
        if found is None:
            return None
        return Logits(found[0], 0.0, "softmax") if family == "clip" else Logits(*found, "sigmoid")


def from_optimum(directory: Path, options: LoadOptions) -> LoadedModel:
    """Load `onnx/vision_model.onnx` and `onnx/text_model.onnx`, or `onnx/model.onnx` that holds both.

    Raises:
        ModelUnusable: a file is absent, damaged or of another kind of model.
    """
    config = read_config(directory / "config.json")
    tokenizer = tokenizing.from_transformers(directory, config)
    picture = picture_input.from_preprocessor(picture_config(directory))
    folder = directory / "onnx"
    files = [variant_of(folder, stem, options.variant) for stem in _stems(folder)]
    sessions = _sessions(files, options)
    graphs = Graphs(sessions[0], sessions[-1], picture, tokenizer)
    return graphs.loaded(family_of(str(config.get("model_type")), tokenizer), options)


def from_immich(directory: Path, options: LoadOptions) -> LoadedModel:
    """Load `visual/model.onnx` and `textual/model.onnx` with open_clip's settings beside them.

    Raises:
        ModelUnusable: a file is absent, damaged or of another kind of model.
    """
    tokenizer = tokenizing.from_open_clip(directory / "textual", optional_config(directory / "config.json"))
    picture = picture_input.from_open_clip(read_config(directory / "visual" / "preprocess_cfg.json"))
    files = [variant_of(directory / side, "model", options.variant) for side in ("visual", "textual")]
    pictures, texts = _sessions(files, options)
    graphs = Graphs(pictures, texts, picture, tokenizer)
    kind = "siglip" if tokenizer.clean is tokenizing.canonical_open_clip else "clip"
    return graphs.loaded(family_of(kind, tokenizer), options)


def variant_of(folder: Path, stem: str, variant: str) -> Path:
    """The file of a graph in the wanted variant, such as `vision_model_int8.onnx`.

    Raises:
        ModelUnusable: there is none; the remedy says which there are.
    """
    file = folder / (f"{stem}_{variant}.onnx" if variant else f"{stem}.onnx")
    if file.is_file():
        return file
    there = sorted(
        path.stem.removeprefix(stem).lstrip("_") or "full" for path in folder.glob(f"{stem}*.onnx")
    )
    raise ModelUnusable(
        f"The model lacks the file {folder.name}/{file.name}.",
        remedy=f"Choose another variant: it has {', '.join(there)}." if there else "Get the model again.",
    )


def _stems(folder: Path) -> Sequence[str]:
    if any(folder.glob("vision_model*.onnx")) or not any(folder.glob("model*.onnx")):
        return ("vision_model", "text_model")
    return ("model",)


def _sessions(files: Sequence[Path], options: LoadOptions) -> Sequence[OnnxSession]:
    """The side of pictures, which is called most and longest, is there for calls beside others as well."""
    first, *others = files
    pictures = OnnxSession(first, threads=options.threads, beside=options.beside)
    return [pictures, *(OnnxSession(file, threads=options.threads) for file in others)]


def _embeddings(session: OnnxSession, feeds: dict[str, Array], names: Sequence[str]) -> Floats:
    (rows,) = session.run(feeds, (_named(session.outputs, names),))
    return np.asarray(rows, dtype=np.float32)


def _named(offered: Sequence[str], wanted: Sequence[str]) -> str:
    """The first of the wanted names that a graph has."""
    for name in wanted:
        if name in offered:
            return name
    raise ModelUnusable(
        f"The model's graph has none of {', '.join(wanted)}, only {', '.join(offered)}.",
        remedy="Get it in an export for embeddings, with its projections.",
    )
