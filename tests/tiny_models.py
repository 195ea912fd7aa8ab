"""Tiny models with random weights, built by the reference libraries: as strict as real ones."""

from __future__ import annotations

import io
import json
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

#: Kinds of tiny models.
KINDS = ("clip", "siglip", "siglip2", "blip")

#: Strings that tokenizers disagree on when they are not the same tokenizer.
ODD_TEXTS = (
    "a photo of two dogs",
    "",
    "   spaces\t and\nlines   ",
    "UPPER Case, with: punctuation!? (and) 'quotes'",
    "snake_case and-hyphens",
    "naïve café — Ångström ﬁne",
    "ΣΟΦΟΣ ΟΔΟΣ, İstanbul",
    "一张狗的照片",
    "🐕‍🦺 dog 🐾",
    "it's we've I'll don't 1234567890",
    "word " * 200,
)

_CORPUS = (
    "a photo of two dogs on the beach",
    "the quick brown fox jumps over the lazy dog",
    "naïve café in the old town, it's a picture of a cat",
    "snow on the mountains and a red house 1234567890",
    "people walking with their dogs in the street at night",
)

#: Side of what the tiny models look at, pixels.
SIDE = 32


class TinyModels:
    """Tiny models, each built when it is first asked for; what is handed out may be read, not changed.

    Processes that share a root build none of them twice: one of them builds, and the others wait for it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(exist_ok=True)

    def weights(self, kind: str) -> Path:
        """A directory in the layout of transformers: `model.safetensors` and what describes it."""
        return self._built(kind, lambda directory: self._made(kind, directory))

    def onnx(self, kind: str) -> Path:
        """A directory in the layout of optimum: `onnx/*.onnx` and what describes them, from our exporter."""
        return self._built(f"{kind}-onnx", lambda directory: self._exported(kind, directory))

    def _made(self, kind: str, directory: Path) -> Path:
        with warnings.catch_warnings(action="ignore"):  # the reference libraries' own
            return _BUILDERS[kind](directory)

    def _exported(self, kind: str, directory: Path) -> Path:
        from pinakes.models.exporting.export import export_onnx

        export_onnx(self.weights(kind), directory)
        return directory

    def _built(self, name: str, build: Callable[[Path], Path]) -> Path:
        directory = self._root / name
        if not directory.exists():
            with FileLock(self._root / f"{name}.lock"):
                if not directory.exists():
                    build(self._root / "unfinished" / name).rename(directory)
        return directory

    def copy(self, source: Path, into: Path) -> Path:
        """A copy of a model that a test may change."""
        return Path(shutil.copytree(source, into))


def tiny_clip(directory: Path) -> Path:
    """A CLIP of 2 layers in the layout of transformers: weights, tokenizer and image processor."""
    import torch
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel

    tokenizer = _clip_tokenizer()
    torch.manual_seed(1)
    config = CLIPConfig(
        text_config={
            **_SMALL,
            "vocab_size": len(tokenizer),
            "max_position_embeddings": 77,
            "bos_token_id": tokenizer.bos_token_id,
            "eos_token_id": tokenizer.eos_token_id,
        },
        vision_config={**_SMALL, "image_size": SIDE, "patch_size": 8},
        projection_dim=24,
    )
    model = _stirred(CLIPModel(config))
    model.logit_scale.data.fill_(np.log(87.5))
    crop = {"height": SIDE, "width": SIDE}
    processor = CLIPImageProcessorPil(size={"shortest_edge": SIDE}, crop_size=crop)
    return _saved(directory, model, tokenizer, processor)


def tiny_siglip(directory: Path) -> Path:
    """A SigLIP of 2 layers; the reference runs its tokenizer with sentencepiece, we tokenizer.json."""
    from transformers import SiglipTokenizer

    directory.mkdir(parents=True)
    pieces = directory / "spiece.model"
    pieces.write_bytes(_pieces("unigram"))
    tokenizer = SiglipTokenizer(str(pieces))
    _saved_siglip(directory, tokenizer, len(tokenizer))
    _unigram_json(directory / "tokenizer.json", tokenizer)
    return directory


def tiny_siglip2(directory: Path) -> Path:
    """A SigLIP 2 of a fixed resolution: SigLIP's graph, Gemma's kind of tokenizer, trained in lower case."""
    from tokenizers import processors
    from transformers import Siglip2Tokenizer

    vocabulary, merges = _pairs()
    tokenizer = Siglip2Tokenizer(vocabulary, merges, padding_side="right")
    closing = ("<eos>", tokenizer.eos_token_id)
    tokenizer._tokenizer.post_processor = processors.TemplateProcessing(
        single="$A <eos>", pair="$A <eos> $B <eos>", special_tokens=[closing]
    )
    return _saved_siglip(directory, tokenizer, len(tokenizer))


#: Widths and depths that still have every part of a real model.
_SMALL = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2}


def _saved_siglip(directory: Path, tokenizer: Any, words: int) -> Path:
    import torch
    from transformers import SiglipConfig, SiglipImageProcessorPil, SiglipModel

    torch.manual_seed(2)
    text = {
        **_SMALL,
        "vocab_size": words,
        "max_position_embeddings": 64,
        "pad_token_id": tokenizer.pad_token_id,
    }
    vision = {**_SMALL, "image_size": SIDE, "patch_size": 8}
    model = _stirred(SiglipModel(SiglipConfig(text_config=text, vision_config=vision)))
    model.logit_scale.data.fill_(np.log(117.33))
    model.logit_bias.data.fill_(-12.93)
    processor = SiglipImageProcessorPil(size={"height": SIDE, "width": SIDE})
    return _saved(directory, model, tokenizer, processor)


def _saved(directory: Path, model: Any, tokenizer: Any, processor: Any) -> Path:
    model.save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    processor.save_pretrained(directory)
    return directory


def _stirred(model: Any) -> Any:
    """The model with weights large enough that a mistake in any layer shows."""
    import torch

    with torch.no_grad():
        for weights in model.parameters():
            if weights.ndim:
                weights += 0.1 * torch.randn_like(weights)
    return model.eval()


def _clip_tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import CLIPTokenizer

    trained = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trained.train_from_iterator(
        _CORPUS,
        trainers.BpeTrainer(
            vocab_size=900, initial_alphabet=alphabet, end_of_word_suffix="</w>", show_progress=False
        ),
    )
    learned = json.loads(trained.to_str())["model"]
    words = list(dict.fromkeys([*sorted(alphabet), *(f"{letter}</w>" for letter in sorted(alphabet))]))
    words += [word for word in learned["vocab"] if word not in words]
    words += ["<|startoftext|>", "<|endoftext|>"]
    merges = [tuple(merge) for merge in learned["merges"]]
    return CLIPTokenizer({word: place for place, word in enumerate(words)}, merges, model_max_length=77)


def _pieces(kind: str) -> bytes:
    import sentencepiece

    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(_CORPUS * 20),
        model_writer=trained,
        vocab_size=150,
        model_type=kind,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        minloglevel=2,
        hard_vocab_limit=False,
    )
    return trained.getvalue()


def _unigram_json(file: Path, tokenizer: Any) -> None:
    """What conversions hold: the pieces, sentencepiece's own normaliser, spaces as ▁, a closing token."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers.utils import sentencepiece_model_pb2_new as sentencepiece_model_pb2

    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(Path(tokenizer.vocab_file).read_bytes())
    pieces = [(piece.piece, piece.score) for piece in proto.pieces]
    made = Tokenizer(models.Unigram(pieces, unk_id=proto.trainer_spec.unk_id))
    made.normalizer = normalizers.Sequence(
        [
            normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap),
            normalizers.Strip(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    closing = ("</s>", tokenizer.eos_token_id)
    made.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[closing])
    made.save(str(file))


def _pairs() -> tuple[dict[str, int], list[tuple[str, str]]]:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    trained = Tokenizer(models.BPE())
    trained.normalizer = normalizers.Replace(" ", "▁")
    trained.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    trained.train_from_iterator(_CORPUS, trainers.BpeTrainer(vocab_size=300, show_progress=False))
    learned = json.loads(trained.to_str())["model"]
    words = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", *(f"<0x{byte:02X}>" for byte in range(256))]
    words += [word for word in learned["vocab"] if word not in words]
    return {word: place for place, word in enumerate(words)}, [tuple(merge) for merge in learned["merges"]]


def tiny_blip(directory: Path) -> Path:
    """A BLIP of 2 layers that writes captions of different lengths for different pictures."""
    import torch
    from transformers import BertTokenizer, BlipConfig, BlipForConditionalGeneration, BlipImageProcessorPil

    tokenizer = BertTokenizer(_word_pieces(), additional_special_tokens=["[DEC]", "[ENC]"])
    torch.manual_seed(3)
    text = {
        **_SMALL,
        "vocab_size": len(tokenizer),
        "encoder_hidden_size": 32,
        "max_position_embeddings": 40,
        "bos_token_id": tokenizer.convert_tokens_to_ids("[DEC]"),
        "eos_token_id": tokenizer.sep_token_id,
        "sep_token_id": tokenizer.sep_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    vision = {**_SMALL, "image_size": SIDE, "patch_size": 8}
    model = _stirred(BlipForConditionalGeneration(BlipConfig(text_config=text, vision_config=vision)))
    # Likely enough a closing token that captions end at different lengths.
    model.text_decoder.cls.predictions.bias.data[tokenizer.sep_token_id] += 1.0
    processor = BlipImageProcessorPil(size={"height": SIDE, "width": SIDE})
    return _saved(directory, model, tokenizer, processor)


def _word_pieces() -> dict[str, int]:
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(set(" ".join(_CORPUS).split()))]
    letters = sorted({letter for line in _CORPUS for letter in line if letter.strip()})
    words += [form for letter in letters for form in (letter, f"##{letter}") if form not in words]
    return {word: place for place, word in enumerate(words)}


_BUILDERS = {"clip": tiny_clip, "siglip": tiny_siglip, "siglip2": tiny_siglip2, "blip": tiny_blip}
