"""Words to ids: every id as the reference tokenizers make it, for texts they disagree on."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tiny_models import ODD_TEXTS, TinyModels

from pinakes.core.errors import ModelUnusable
from pinakes.models.tasks.model_directory import read_config
from pinakes.models.tasks.tokenizing import Tokenizer, canonical_open_clip, from_open_clip, from_transformers

pytest.importorskip("transformers")

REFERENCES = {"clip": "CLIPTokenizer", "siglip": "SiglipTokenizer", "siglip2": "Siglip2Tokenizer"}


def ours(directory: Path) -> Tokenizer:
    return from_transformers(directory, read_config(directory / "config.json"))


def ids_of(tokenizer: Tokenizer, text: str) -> list[int]:
    """The ids of a text as the model is given them: filled up where it wants that."""
    length = tokenizer.length if tokenizer.padded else None
    return list(tokenizer.batch([tokenizer(text)], length=length)[0][0])


def reference(kind: str, directory: Path) -> Any:
    import transformers

    return getattr(transformers, REFERENCES[kind]).from_pretrained(directory)


def expected(kind: str, tokenizer: Any, text: str) -> list[int]:
    """How the reference prepares a text: CLIP as it is, SigLIP filled up to 64 tokens."""
    length = {"max_length": 77} if kind == "clip" else {"max_length": 64, "padding": "max_length"}
    return list(tokenizer([text], truncation=True, **length)["input_ids"][0])


@pytest.mark.parametrize("kind", REFERENCES)
@pytest.mark.parametrize("text", ODD_TEXTS)
def test_odd_texts_get_the_ids_of_the_reference(kind: str, text: str, tiny_models: TinyModels) -> None:
    directory = tiny_models.weights(kind)
    assert ids_of(ours(directory), text) == expected(kind, reference(kind, directory), text)


@pytest.mark.parametrize("kind", REFERENCES)
def test_any_text_gets_the_ids_of_the_reference(kind: str, tiny_models: TinyModels) -> None:
    directory = tiny_models.weights(kind)
    tokenizer, theirs = ours(directory), reference(kind, directory)

    @settings(max_examples=150, deadline=None)
    @given(
        st.text(st.characters(codec="utf-8", exclude_characters="▁", exclude_categories=("C",)), max_size=40)
    )
    def agree(text: str) -> None:
        assert ids_of(tokenizer, text) == expected(kind, theirs, text)

    agree()


def test_a_batch_is_filled_to_its_longest_and_masked(tiny_models: TinyModels) -> None:
    tokenizer = ours(tiny_models.weights("clip"))
    short, long = tokenizer("a dog"), tokenizer("two dogs on the beach at night")
    ids, mask = tokenizer.batch([short, long])
    assert ids.shape == mask.shape == (2, len(long))
    assert ids[0, : len(short)].tolist() == short.tolist()
    assert mask.sum(axis=1).tolist() == [len(short), len(long)]


def test_texts_too_long_keep_the_closing_token(tiny_models: TinyModels) -> None:
    tokenizer = ours(tiny_models.weights("clip"))
    short, long = tokenizer("dog"), tokenizer("dog " * 500)
    assert len(long) == tokenizer.length == 77
    assert long[-1] == short[-1]


def test_lengths_that_the_files_leave_out_are_the_published_ones(
    tiny_models: TinyModels, tmp_path: Path
) -> None:
    directory = tiny_models.copy(tiny_models.weights("siglip2"), tmp_path / "model")
    config = {"model_type": "siglip", "text_config": {"vocab_size": 256000}}  # all that google's file says
    tokenizer = from_transformers(directory, config)
    assert (tokenizer.length, tokenizer.padded, len(ids_of(tokenizer, "DOG"))) == (64, True, 64)
    assert tokenizer("DOG").tolist() == tokenizer("dog").tolist()


def test_open_clip_texts_are_unescaped_and_canonical_where_its_file_says_so(
    tiny_models: TinyModels, tmp_path: Path
) -> None:
    textual = tiny_models.weights("siglip")
    plain = from_open_clip(textual, {"text_cfg": {"context_length": 16}})
    config = {"text_cfg": {"context_length": 16, "tokenizer_kwargs": {"clean": "canonicalize"}}}
    tokenizer = from_open_clip(textual, config)
    assert plain("a &amp;amp;  b").tolist() == plain("a & b").tolist()
    assert tokenizer("The_Dog, &amp; CAT!").tolist() == tokenizer("the dog cat").tolist()
    assert canonical_open_clip("The_Dog, &amp; CAT!") == "the dog cat"
    assert len(ids_of(tokenizer, "dog")) == 16


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff\xfe not json"])
def test_a_tokenizer_that_is_absent_or_damaged_is_named(
    content: bytes | None, tiny_models: TinyModels, tmp_path: Path
) -> None:
    directory = tiny_models.copy(tiny_models.weights("clip"), tmp_path / "model")
    (directory / "tokenizer.json").unlink()
    if content is not None:
        (directory / "tokenizer.json").write_bytes(content)
    with pytest.raises(ModelUnusable, match=r"tokenizer\.json") as caught:
        ours(directory)
    assert caught.value.remedy


def test_padding_goes_where_the_files_say(tiny_models: TinyModels, tmp_path: Path) -> None:
    directory = tiny_models.copy(tiny_models.weights("siglip2"), tmp_path / "model")
    settings_file = directory / "tokenizer_config.json"
    settings_file.write_text(json.dumps({**json.loads(settings_file.read_text()), "padding_side": "left"}))
    ids = ids_of(ours(directory), "dog")
    assert ids == expected("siglip2", reference("siglip2", directory), "dog")
    assert not any(ids[:50])


def test_only_models_that_were_trained_so_look_at_what_fills_a_text_up(tiny_models: TinyModels) -> None:
    for kind, looks in (("clip", False), ("siglip", True), ("siglip2", True)):
        tokenizer = ours(tiny_models.weights(kind))
        _, mask = tokenizer.batch([tokenizer("a dog")], length=tokenizer.length)
        assert mask.all() == looks
    immich = from_open_clip(tiny_models.weights("clip"), {})
    text = immich("a dog")
    assert immich.batch([text], length=77)[1].sum() == len(text)
