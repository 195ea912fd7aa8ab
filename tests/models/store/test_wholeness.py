"""What people copy by half, or not at all: each is refused by name before anything is taken in."""

import json
from pathlib import Path

import pytest
from tests.models.store.test_importing import DESCRIPTION, IMMICH, OPTIMUM, TENSORS, made
from tests.sound_files import onnx, safetensors
from tests.tiny_models import TinyModels

from pinakes.core.errors import ModelUnusable
from pinakes.models.store.importing import import_model
from pinakes.models.store.onnx_reading import outside_weights
from pinakes.models.store.store import Store
from pinakes.models.store.wholeness import INDEX

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 351613724\n"

SHARDS = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
SHARDED = {
    **DESCRIPTION,
    "config.json": b'{"model_type": "blip"}',
    **dict.fromkeys(SHARDS, safetensors(b"s")),
    INDEX: json.dumps({"weight_map": {"a": SHARDS[0], "b": SHARDS[1]}}).encode(),
}

NAFLEX = b'{"image_processor_type": "Siglip2ImageProcessor", "max_num_patches": 256, "patch_size": 16}'


def counted(field: int, content: bytes) -> bytes:
    """A field of counted bytes as ONNX files hold it; up to 127 bytes."""
    return bytes([field << 3 | 2, len(content)]) + content


def looking_for(name: str) -> bytes:
    """An ONNX model of one tensor whose weights are in another file."""
    note = counted(1, b"location") + counted(2, name.encode())
    return counted(7, counted(5, counted(13, note)))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (OPTIMUM | {"onnx/text_model.onnx": POINTER}, r"text_model\.onnx is only git's note"),
        (OPTIMUM | {"tokenizer.json": POINTER}, r"tokenizer\.json is only git's note"),
        (OPTIMUM | {"onnx/text_model.onnx": b""}, r"text_model\.onnx is damaged.*empty"),
        (OPTIMUM | {"onnx/text_model.onnx": onnx(b"t" * 200)[:-1]}, r"text_model\.onnx is damaged"),
        (OPTIMUM | {"onnx/text_model.onnx": b"<html>Not found</html>"}, r"text_model\.onnx is damaged"),
        (OPTIMUM | {"onnx/text_model.onnx": b"\x12\x01a"}, "it holds no graph"),
        (
            OPTIMUM | {"onnx/text_model.onnx": looking_for("text_model.onnx_data")},
            r"lacks onnx/text_model\.o",
        ),
        (OPTIMUM | {"onnx/text_model.onnx": looking_for("../../secret")}, "outside its own folder"),
        (OPTIMUM | {"onnx/text_model.onnx": looking_for("/etc/passwd")}, "outside its own folder"),
        (OPTIMUM | {"config.json": b'{"model_type": '}, r"config\.json is damaged.*no JSON"),
        (TENSORS | {"model.safetensors": b""}, "no safetensors file"),
        (TENSORS | {"model.safetensors": b"\xff" * 99}, "no safetensors file"),
        (TENSORS | {"model.safetensors": safetensors(b"s" * 9)[:-1]}, "another length than its head says"),
        ({path: held for path, held in SHARDED.items() if path != SHARDS[1]}, rf"lacks {SHARDS[1]}"),
        (SHARDED | {INDEX: b"{}"}, "names no files"),
        (TENSORS | {"config.json": b'{"model_type": "bert"}'}, "kind 'bert'"),
        (OPTIMUM | {"preprocessor_config.json": NAFLEX}, "NaFlex"),
        (IMMICH | {"visual/preprocess_cfg.json": b"{}"}, "open_clip"),
        ({"config.json": b"{}", "open_clip_model.safetensors": safetensors()}, "open_clip's own form"),
        (
            {path: held for path, held in OPTIMUM.items() if "prep" not in path},
            r"lacks preprocessor_config\.json",
        ),
        (
            {path.replace("tokenizer", "vocab"): held for path, held in OPTIMUM.items()},
            r"without tokenizer\.json",
        ),
    ],
)
def test_what_is_not_whole_or_not_known_is_refused_by_name(
    tmp_path: Path, files: dict[str, bytes], said: str
) -> None:
    store = Store(tmp_path / "models")
    with pytest.raises(ModelUnusable, match=said) as refused:
        import_model(store, made(tmp_path / "tiny", files))
    assert refused.value.remedy
    assert store.installed() == []


def test_shards_and_weights_beside_graphs_are_taken_whatever_they_are_called(tmp_path: Path) -> None:
    beside = OPTIMUM | {"onnx/text_model.onnx": looking_for("weights.pb"), "onnx/weights.pb": b"w"}
    for name, files in (("sharded", SHARDED), ("beside", beside)):
        model = import_model(Store(tmp_path / "models"), made(tmp_path / name, files))
        assert {file.path for file in model.manifest.files} == set(files)


def test_weights_of_other_libraries_and_precisions_do_not_double_the_copy(tmp_path: Path) -> None:
    others = dict.fromkeys(("open_clip_model.safetensors", "model.fp16.safetensors"), safetensors())
    model = import_model(Store(tmp_path / "models"), made(tmp_path / "tiny", TENSORS | others))
    assert {file.path for file in model.manifest.files} == set(TENSORS)


def test_real_graphs_are_read_to_their_end(tiny_models: TinyModels, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    source = tiny_models.onnx("blip") / "onnx" / "decoder_model.onnx"
    assert outside_weights(source) == set()
    apart = tmp_path / "apart.onnx"
    onnx.save(onnx.load(source), apart, save_as_external_data=True, location="apart.bin", size_threshold=64)
    assert outside_weights(apart) == {"apart.bin"}
    for cut in (1, 1000, source.stat().st_size // 2):
        apart.write_bytes(source.read_bytes()[:-cut])
        with pytest.raises(ValueError, match="ends"):
            outside_weights(apart)
