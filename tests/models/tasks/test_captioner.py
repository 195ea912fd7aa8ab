"""Captions: token for token those of the reference, ragged ends and all, with torch and without."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.pictures import shapes
from tests.tiny_models import TinyModels

from pinakes.core.errors import InvalidRequest, ModelUnusable
from pinakes.core.types import Caption, Task
from pinakes.models.base import LoadedModel
from pinakes.models.runtimes import loading
from pinakes.models.tasks.manner import Manner, manner_of

pytest.importorskip("transformers")

PICTURES = [shapes(seed) for seed in range(12)]


def loaded(directory: Path, variant: str = "") -> LoadedModel:
    return loading.load(
        directory, name="tiny", revision="1", decode_for=lambda _: np.zeros_like, threads=1, variant=variant
    )


def reference(directory: Path) -> tuple[list[list[int]], list[str]]:
    """Tokens and captions as the documentation of transformers has them made; of equal length, padded."""
    import torch
    from transformers import AutoTokenizer, BlipForConditionalGeneration, BlipImageProcessorPil

    model = BlipForConditionalGeneration.from_pretrained(directory).eval()
    inputs = BlipImageProcessorPil.from_pretrained(directory)(images=PICTURES, return_tensors="pt")
    with torch.inference_mode():
        rows = model.generate(**inputs, max_new_tokens=20)
    words = AutoTokenizer.from_pretrained(directory)
    return rows.tolist(), [words.decode(row, skip_special_tokens=True) for row in rows]


def written(model: LoadedModel, pictures: list[Any] = PICTURES) -> tuple[list[list[int]], list[str]]:
    task = model.tasks[Task.CAPTIONING]
    tokens = task.infer([task.preprocess(picture) for picture in pictures])
    captions = task.postprocess(tokens)
    assert all(isinstance(caption, Caption) for caption in captions)
    return [list(row) for row in tokens], [caption.text for caption in captions]  # type: ignore[union-attr]


def test_onnx_writes_token_for_token_what_the_reference_does(tiny_models: TinyModels) -> None:
    tokens, captions = written(loaded(tiny_models.onnx("blip")))
    expected_tokens, expected_captions = reference(tiny_models.weights("blip"))
    lengths = {len(row) for row in tokens}
    assert len(lengths) > 2, "the tiny model no longer writes captions of different lengths"
    longest = len(expected_tokens[0])
    assert [row + [0] * (longest - len(row)) for row in tokens] == expected_tokens
    assert captions == expected_captions


def test_torch_writes_what_the_reference_does(tiny_models: TinyModels) -> None:
    tokens, captions = written(loaded(tiny_models.weights("blip")))
    assert (tokens, captions) == reference(tiny_models.weights("blip"))


def test_a_caption_does_not_depend_on_its_neighbours(tiny_models: TinyModels) -> None:
    model = loaded(tiny_models.onnx("blip"))
    assert written(model)[1] == [written(model, [picture])[1][0] for picture in PICTURES]


def test_a_captioner_describes_itself(tiny_models: TinyModels) -> None:
    model = loaded(tiny_models.onnx("blip"))
    assert model.identity == loaded(tiny_models.weights("blip")).identity
    assert (model.identity.dimensions, model.logits, model.input_side) == (0, None, 32)
    with pytest.raises(InvalidRequest, match="pictures, not words"):
        model.tasks[Task.CAPTIONING].preprocess("words")
    model.close()


def test_decoders_that_remember_in_a_graph_of_their_own_write_the_same(
    tiny_models: TinyModels, tmp_path: Path
) -> None:
    """The layout of optimum: one graph for the first word, one for those after it."""
    directory = tiny_models.copy(tiny_models.onnx("blip"), tmp_path / "model")
    decoder = directory / "onnx" / "decoder_model.onnx"
    decoder.with_name("decoder_with_past_model.onnx").write_bytes(decoder.read_bytes())
    assert written(loaded(directory)) == written(loaded(tiny_models.onnx("blip")))


def test_decoders_that_remember_nothing_write_the_same(tiny_models: TinyModels, tmp_path: Path) -> None:
    """The layout of optimum without a cache: hidden states of the encoder, and all the words each time."""
    import torch
    from transformers import BlipForConditionalGeneration

    from pinakes.models.exporting.onnx_writing import Graph, write

    directory = tiny_models.copy(tiny_models.onnx("blip"), tmp_path / "model")
    model = BlipForConditionalGeneration.from_pretrained(tiny_models.weights("blip")).eval()
    count = torch.export.Dim("batch", max=64)
    pixels, states = torch.rand(2, 3, 32, 32), torch.rand(2, 17, 32)
    encoder = Graph(
        "encoder_model",
        model,
        lambda pixels: model.vision_model(pixel_values=pixels)[0],
        {"pixel_values": pixels},
        {"pixel_values": {0: count}},
        ("last_hidden_state",),
    )
    decoder = Graph(
        "decoder_model",
        model,
        lambda ids, states: (
            model.text_decoder(input_ids=ids, encoder_hidden_states=states, use_cache=False).logits
        ),
        {"input_ids": torch.ones(2, 5, dtype=torch.int64), "encoder_hidden_states": states},
        {"input_ids": {0: count, 1: torch.export.Dim("words", max=40)}, "encoder_hidden_states": {0: count}},
        ("logits",),
    )
    for graph in (encoder, decoder):
        write(graph, directory / "onnx", {})
    assert written(loaded(directory)) == written(loaded(tiny_models.onnx("blip")))


def test_decoders_that_are_merged_into_one_graph_write_the_same(
    tiny_models: TinyModels, tmp_path: Path
) -> None:
    """The layout of transformers.js: one graph that forgets what it is handed at the first word."""
    onnx = pytest.importorskip("onnx")
    directory = tiny_models.copy(tiny_models.onnx("blip"), tmp_path / "model")
    decoder = directory / "onnx" / "decoder_model.onnx"
    onnx.save(merged(onnx.load(decoder)), decoder.with_name("decoder_model_merged.onnx"))
    decoder.unlink()
    assert written(loaded(directory)) == written(loaded(tiny_models.onnx("blip")))


def merged(model: Any) -> Any:
    """The decoder as a choice: its memories as they are for later words, or cut to nothing for the first."""
    from onnx import TensorProto, helper

    graph, outputs = model.graph, [entry.name for entry in model.graph.output]
    own = [entry.name for entry in graph.input if ".decoder." in entry.name]
    del graph.value_info[:]
    branches = {}
    for branch, memories in (("then", {}), ("else", {name: f"{name}.none" for name in own})):
        inner = list(type(model).FromString(model.SerializeToString()).graph.node)
        inside = {name for node in inner for name in node.output}
        for node in inner:
            known = [memories.get(name, name) for name in node.input]
            node.input[:] = [f"{branch}.{name}" if name in inside else name for name in known]
        for node in inner:
            node.output[:] = [f"{branch}.{name}" for name in node.output]
        cuts = [
            helper.make_node("Slice", [name, "zero", "zero", "two"], [none])
            for name, none in memories.items()
        ]
        given = [helper.make_empty_tensor_value_info(f"{branch}.{name}") for name in outputs]
        branches[f"{branch}_branch"] = helper.make_graph([*cuts, *inner], branch, [], given)
    del graph.node[:]
    for name, value in (("zero", 0), ("two", 2)):
        graph.initializer.append(helper.make_tensor(name, TensorProto.INT64, [1], [value]))
    graph.input.append(helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1]))
    graph.node.append(helper.make_node("If", ["use_cache_branch"], outputs, **branches))
    return model


def test_the_manner_of_blip_is_its_own() -> None:
    text = {"bos_token_id": 7, "sep_token_id": 8, "pad_token_id": 9, "max_length": 5, "num_beams": 3}
    manner = manner_of({"model_type": "blip", "text_config": text}, {"max_length": 4})
    assert manner == Manner(first=7, last=(8,), pad=9, length=21)
    bare = manner_of({"model_type": "blip", "text_config": {}}, {})
    assert bare == Manner(first=30522, last=(102,), pad=0, length=21)


def test_the_manner_of_others_is_in_their_files() -> None:
    config = {"decoder_start_token_id": 50256, "decoder": {"eos_token_id": 50256, "pad_token_id": None}}
    assert manner_of(config, {}) == Manner(50256, (50256,), 50256, 21)
    assert manner_of(config, {"max_length": 16, "eos_token_id": [1, 2]}) == Manner(50256, (1, 2), 1, 16)


@pytest.mark.parametrize("generation", [{"num_beams": 4}, {"do_sample": True}, {"eos_token_id": None}])
def test_a_manner_that_is_not_known_is_refused(generation: dict[str, object]) -> None:
    with pytest.raises(ModelUnusable):
        manner_of({"decoder_start_token_id": 1, "eos_token_id": 2}, generation)


@pytest.mark.parametrize("name", ["onnx/decoder_model.onnx", "onnx/encoder_model.onnx", "tokenizer.json"])
def test_a_file_that_is_damaged_is_named(name: str, tiny_models: TinyModels, tmp_path: Path) -> None:
    directory = tiny_models.copy(tiny_models.onnx("blip"), tmp_path / "model")
    (directory / name).write_bytes(b"\x08\x07garbage")
    with pytest.raises(ModelUnusable, match=Path(name).name):
        loaded(directory)


def test_an_encoder_of_another_model_is_found_out_when_it_is_loaded(
    tiny_models: TinyModels, tmp_path: Path
) -> None:
    directory = tiny_models.copy(tiny_models.onnx("blip"), tmp_path / "model")
    other = tiny_models.onnx("clip") / "onnx" / "vision_model.onnx"
    (directory / "onnx" / "encoder_model.onnx").write_bytes(other.read_bytes())
    with pytest.raises(ModelUnusable, match="does not describe"):
        loaded(directory)


def test_blip_2_runs_by_the_extra(tmp_path: Path) -> None:
    """The largest family without an ONNX form: a bridge from a vision model to a language model."""
    import torch
    import transformers

    small = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2}
    torch.manual_seed(5)
    words = {word: place for place, word in enumerate(["<pad>", "<s>", "</s>", "<image>", *"abcdefghijkl"])}
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=_of_words(words), pad_token="<pad>")
    config = transformers.Blip2Config(
        vision_config={**small, "image_size": 32, "patch_size": 8},
        qformer_config={**small, "vocab_size": 20, "encoder_hidden_size": 32, "cross_attention_frequency": 1},
        text_config={
            "model_type": "opt",
            "hidden_size": 32,
            "ffn_dim": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "vocab_size": len(words),
            "max_position_embeddings": 60,
            "word_embed_proj_dim": 32,
            **dict(zip(("pad_token_id", "bos_token_id", "eos_token_id"), range(3), strict=True)),
        },
        num_query_tokens=4,
        image_token_index=3,
    )
    model = transformers.Blip2ForConditionalGeneration(config).eval()
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    processor = transformers.BlipImageProcessorPil(size={"height": 32, "width": 32})
    processor.save_pretrained(tmp_path)
    tokens, captions = written(loaded(tmp_path))
    with torch.inference_mode():
        inputs = processor(images=PICTURES, return_tensors="pt")
        expected = transformers.Blip2ForConditionalGeneration.from_pretrained(tmp_path).generate(
            **inputs, max_new_tokens=20
        )
    assert tokens == expected.tolist()
    assert captions == [tokenizer.decode(row, skip_special_tokens=True).strip() for row in expected]


def _of_words(words: dict[str, int]) -> Any:
    from tokenizers import AddedToken, Tokenizer, models

    made = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    made.add_special_tokens([AddedToken(word, special=True) for word in list(words)[:4]])
    return made


def test_settings_of_generation_are_part_of_the_identity(tiny_models: TinyModels, tmp_path: Path) -> None:
    directory = tiny_models.copy(tiny_models.onnx("blip"), tmp_path / "model")
    file = directory / "config.json"
    config = json.loads(file.read_text())
    config["text_config"]["max_position_embeddings"] = 9
    file.write_text(json.dumps(config))
    shorter = loaded(directory)
    assert max(len(row) for row in written(shorter)[0]) == 9
    assert shorter.identity != loaded(tiny_models.onnx("blip")).identity
