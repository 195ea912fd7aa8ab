"""Words to token ids, as the tokenizers that the models were trained with make them."""

from __future__ import annotations

import html
import string
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.core.errors import ModelUnusable
from pinakes.models.tasks.model_directory import Config, damaged, optional_config, required

Ids = NDArray[np.int64]

#: Most tokens that a text model takes where its files name no number: CLIP's, and SigLIP's.
CLIP_LENGTH = 77
SIGLIP_LENGTH = 64

_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


class Tokenizer:
    """Turns a text into token ids; texts too long are cut, keeping the closing token.

    May be used from several threads at once.

    Attributes:
        length: most tokens of a text.
        padded: the model wants every text filled up to `length`.
        masked: its attention mask hides what fills a text up; SigLIP looks at that as well.
        clean: what happens to a text before.
        pairs: the vocabulary is of byte pairs, else of unigrams.
    """

    def __init__(
        self,
        backend: Any,
        *,
        length: int,
        pad: int,
        padded: bool,
        masked: bool,
        clean: Callable[[str], str],
        left: bool = False,
    ) -> None:
        """Use the library's tokenizer; `pad` fills up, in front if `left`."""
        backend.no_padding()
        backend.enable_truncation(length)
        self._backend, self._pad, self._left = backend, pad, left
        self.length, self.padded, self.masked, self.clean = length, padded, masked, clean
        self.pairs = type(backend.model).__name__ == "BPE"

    @property
    def rules(self) -> tuple[object, ...]:
        """Everything that changes the ids of a text, beside the vocabulary."""
        return self.length, self._pad, self._left, self.padded, self.clean.__name__

    def __call__(self, text: str) -> Ids:
        """Token ids of one text: int64 (tokens,), at most `length` of them."""
        return np.array(self._backend.encode(self.clean(text)).ids, dtype=np.int64)

    def batch(self, texts: Sequence[Ids], *, length: int | None = None) -> tuple[Ids, Ids]:
        """Token ids and attention mask, both int64 (texts, tokens), filled to the longest or to `length`."""
        wanted = length or max(len(ids) for ids in texts)
        ids = np.full((len(texts), wanted), self._pad, dtype=np.int64)
        mask = np.full(ids.shape, 0 if self.masked else 1, dtype=np.int64)
        for row, text in enumerate(texts):
            place = slice(wanted - len(text), None) if self._left else slice(len(text))
            ids[row, place] = text
            mask[row, place] = 1
        return ids, mask


def from_transformers(directory: Path, config: Config) -> Tokenizer:
    """The tokenizer of a directory in the layout of transformers, whose `config.json` is `config`.

    Raises:
        ModelUnusable: a file is absent or damaged.
    """
    settings = optional_config(directory / "tokenizer_config.json")
    siglip = str(config.get("model_type", "")).startswith("siglip")
    positions = dict(config.get("text_config") or {}).get("max_position_embeddings")
    longest = int(positions or (SIGLIP_LENGTH if siglip else CLIP_LENGTH))
    backend = read_backend(directory / "tokenizer.json")
    return Tokenizer(
        backend,
        length=min(int(settings.get("model_max_length") or longest), longest),
        pad=_pad_id(backend, settings),
        padded=siglip,
        masked=not siglip,
        clean=_siglip_cleaning(backend) if siglip else unchanged,
        left=settings.get("padding_side") == "left",
    )


def from_open_clip(directory: Path, config: Config) -> Tokenizer:
    """The tokenizer in a `textual` folder, whose model's open_clip configuration is `config`.

    Raises:
        ModelUnusable: a file is absent or damaged.
    """
    text = dict(config.get("text_cfg") or {})
    canonical = dict(text.get("tokenizer_kwargs") or {}).get("clean") == "canonicalize"
    backend = read_backend(directory / "tokenizer.json")
    return Tokenizer(
        backend,
        length=int(text.get("context_length", CLIP_LENGTH)),
        pad=_pad_id(backend, optional_config(directory / "tokenizer_config.json")),
        padded=True,
        masked=True,
        clean=canonical_open_clip if canonical else unescaped,
    )


def read_backend(file: Path) -> Any:
    """The library's own tokenizer from a `tokenizer.json`.

    Raises:
        ModelUnusable: the file is absent or damaged.
    """
    from tokenizers import Tokenizer as Backend

    try:
        return Backend.from_str(required(file).read_text(encoding="utf-8"))
    except ModelUnusable:
        raise
    except Exception as error:  # the library raises plain Exception
        raise damaged(file) from error


def unchanged(text: str) -> str:
    """The text as it is; the tokenizer's own rules suffice."""
    return text


def unescaped(text: str) -> str:
    """HTML entities replaced, spaces gathered, as open_clip cleans texts (its mending of Unicode apart)."""
    return " ".join(html.unescape(html.unescape(text)).split())


def lowered(text: str) -> str:
    """Each letter in lower case by itself, as Gemma's tokenizer is set for SigLIP 2: Σ is σ everywhere."""
    return "".join(letter.lower() for letter in text)


def canonical(text: str) -> str:
    """Lower case without ASCII punctuation, spaces gathered, as SigLIP was trained (big_vision)."""
    return " ".join(text.lower().translate(_NO_PUNCTUATION).split())


def canonical_open_clip(text: str) -> str:
    """What open_clip makes of texts for SigLIP: underscores are spaces, then `canonical`."""
    return canonical(unescaped(text).replace("_", " "))


def _siglip_cleaning(backend: Any) -> Callable[[str], str]:
    # SigLIP 2 was trained in lower case, punctuation and all, with Gemma's tokenizer, which is of pairs and
    # keeps capitals; its published files do not say so. SigLIP's is of unigrams.
    return lowered if type(backend.model).__name__ == "BPE" else canonical


def _pad_id(backend: Any, settings: Config) -> int:
    """The id that fills up: of the named token, else what the tokenizer's own file says."""
    token = settings.get("pad_token")
    named = token.get("content") if isinstance(token, dict) else token
    known = backend.token_to_id(named) if named else None
    return int((backend.padding or {}).get("pad_id", 0) if known is None else known)
