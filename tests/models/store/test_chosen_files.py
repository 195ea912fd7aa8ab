"""Which files of a repository make a model, as the repositories that people pull from have them."""

import pytest

from pinakes.core.errors import ModelUnusable
from pinakes.models.store.chosen_files import chosen, is_harmless, is_pickle

CONFIGS = ["config.json", "preprocessor_config.json", "tokenizer.json"]


@pytest.mark.parametrize(
    ("weights", "others"),
    [
        (
            ["onnx/vision_model.onnx", "onnx/text_model.onnx"],
            [
                "onnx/model.onnx",
                "onnx/vision_model_fp16.onnx",
                "onnx/text_model_q4f16.onnx",
                "model.safetensors",
            ],
        ),
        (["onnx/model.onnx"], ["onnx/model_quantized.onnx", "pytorch_model.bin"]),
        (["onnx/vision_model.onnx", "onnx/vision_model.onnx_data", "onnx/text_model.onnx"], []),
        (
            ["onnx/encoder_model.onnx", "onnx/decoder_model.onnx", "onnx/decoder_with_past_model.onnx"],
            ["onnx/decoder_model_merged.onnx", "onnx/encoder_model_int8.onnx"],
        ),
        (
            ["visual/model.onnx", "textual/model.onnx"],
            ["visual/fp16/model.armnn", "textual/model.rknn", "visual/rknpu/rk3588/model.onnx"],
        ),
        (["model.safetensors"], ["pytorch_model.bin", "tf_model.h5", "flax_model.msgpack", "modeling.py"]),
    ],
)
def test_one_precision_for_one_runtime_is_taken(weights: list[str], others: list[str]) -> None:
    offered = [*CONFIGS, *weights, *others, "README.md", ".gitattributes", "LICENSE.txt"]
    assert chosen(offered, of="a/b") == sorted([*CONFIGS, *weights])


def test_all_precisions_are_taken_where_they_lie_already() -> None:
    offered = ["config.json", "onnx/vision_model.onnx", "onnx/text_model.onnx", "onnx/text_model_int8.onnx"]
    assert chosen(offered, of="here", variants=True) == sorted(offered)


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        (["config.json", "pytorch_model.bin"], "only as pickles"),
        (["config.json"], "no weights"),
        ([], "no w"),
    ],
)
def test_nothing_to_take_is_said_why(offered: list[str], said: str) -> None:
    with pytest.raises(ModelUnusable, match=said):
        chosen(offered, of="a/b")


@pytest.mark.parametrize(
    "path",
    ["../evil.json", "/etc/evil.json", "a/../../b.json", "a\\b.json", "x.py", "x.bin", ".hidden.json", "x"],
)
def test_what_leads_elsewhere_or_runs_is_not_harmless(path: str) -> None:
    assert not is_harmless(path)


def test_pickles_are_known_by_their_endings() -> None:
    assert all(is_pickle(f"model{ending}") for ending in (".bin", ".PT", ".pth", ".ckpt", ".pkl"))
    assert not is_pickle("model.safetensors")
