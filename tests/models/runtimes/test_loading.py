"""A directory to a model: which layout it is, without torch where it is ONNX, and what is refused."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.tiny_models import KINDS, TinyModels

from pinakes.core.errors import ModelUnusable
from pinakes.core.types import Pixels
from pinakes.models.base import LoadedModel
from pinakes.models.layouts import Layout
from pinakes.models.runtimes import loading, transformers_weights

pytest.importorskip("transformers")


def loaded(directory: Path, variant: str = "") -> LoadedModel:
    return loading.load(
        directory, name="tiny", revision="1", decode_for=lambda _: np.zeros_like, threads=1, variant=variant
    )


@pytest.mark.parametrize("kind", KINDS)
def test_layouts_are_told_by_their_files(kind: str, tiny_models: TinyModels) -> None:
    expected = Layout.CAPTIONER if kind == "blip" else Layout.OPTIMUM
    assert loading.kind_of(tiny_models.onnx(kind)) == expected
    assert loading.kind_of(tiny_models.weights(kind)) == Layout.TRANSFORMERS


def test_graphs_go_before_weights_that_need_torch(tiny_models: TinyModels, tmp_path: Path) -> None:
    directory = tiny_models.copy(tiny_models.onnx("clip"), tmp_path / "both")
    (directory / "model.safetensors").write_bytes(
        (tiny_models.weights("clip") / "model.safetensors").read_bytes()
    )
    assert loading.kind_of(directory) == Layout.OPTIMUM


def test_pictures_are_decoded_to_twice_the_side_that_is_looked_at(tiny_models: TinyModels) -> None:
    asked: list[int] = []

    def decode_for(side: int) -> object:
        asked.append(side)
        return decode

    def decode(_: bytes) -> Pixels:
        return np.zeros((1, 1, 3), dtype=np.uint8)

    model = loading.load(
        tiny_models.onnx("clip"),
        name="tiny",
        revision="1",
        decode_for=decode_for,
        threads=1,  # type: ignore[arg-type]
    )
    assert asked == [64]
    assert model.decode is decode


@pytest.mark.parametrize("kind", ["clip", "blip"])
def test_onnx_never_loads_torch(kind: str, tiny_models: TinyModels) -> None:
    script = (
        "import sys, numpy as np\n"
        "from pathlib import Path\n"
        "from pinakes.models.runtimes import loading\n"
        "model = loading.load(Path(sys.argv[1]), name='a', revision='1',"
        " decode_for=lambda side: np.zeros_like, threads=1)\n"
        "task = next(iter(model.tasks.values()))\n"
        "task.postprocess(task.infer([task.preprocess(np.zeros((40, 40, 3), np.uint8))]))\n"
        "heavy = {'torch', 'transformers', 'onnx', 'safetensors'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)\n"
    )
    command = [sys.executable, "-W", "error", "-c", script, str(tiny_models.onnx(kind))]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")


def test_importing_the_loader_imports_no_runtime() -> None:
    script = (
        "import sys, pinakes.models.runtimes.loading\n"
        "sys.exit(bool({'torch', 'transformers', 'onnxruntime', 'tokenizers', 'cv2'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=300, check=False).returncode == 0


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([], "no model of a known layout"),
        (["pytorch_model.bin"], "pickled"),
        (["model.pt"], "pickled"),
        (["model.safetensors", "config.json"], "config.json"),
    ],
)
def test_a_directory_that_holds_no_model_is_refused(files: list[str], message: str, tmp_path: Path) -> None:
    for name in files:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ModelUnusable, match=message) as caught:
        loaded(tmp_path)
    assert caught.value.remedy


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="does not exist"):
        loaded(tmp_path / "absent")


@pytest.mark.parametrize("content", [b"", b"\x08garbage", b"\xff" * 64])
def test_damaged_weights_are_named(content: bytes, tiny_models: TinyModels, tmp_path: Path) -> None:
    directory = tiny_models.copy(tiny_models.weights("clip"), tmp_path / "model")
    (directory / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelUnusable, match=r"model\.safetensors"):
        loaded(directory)


def test_weights_that_are_not_all_there_are_refused(tiny_models: TinyModels, tmp_path: Path) -> None:
    directory = tiny_models.copy(tiny_models.weights("clip"), tmp_path / "model")
    from safetensors import numpy

    tensors = numpy.load_file(directory / "model.safetensors")
    del tensors["text_model.final_layer_norm.weight"]
    numpy.save_file(tensors, directory / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelUnusable, match=r"weights lack 'text_model\.final_layer_norm\.weight'"):
        loaded(directory)


def test_weights_that_need_the_extra_say_which(
    tiny_models: TinyModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transformers_weights, "find_spec", lambda _: None)
    with pytest.raises(ModelUnusable) as caught:
        loaded(tiny_models.weights("clip"))
    assert "pip install 'pinakes[transformers]'" in caught.value.remedy


def test_weights_for_torch_have_no_variants(tiny_models: TinyModels) -> None:
    with pytest.raises(ModelUnusable, match="int8"):
        loaded(tiny_models.weights("clip"), "int8")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", '{"model_type": "clip", "text_config": {"max_position_embeddings": "many"}}'),
        ("config.json", '{"model_type": "clip", "text_config": 5}'),
        ("tokenizer_config.json", '{"model_max_length": [], "pad_token": 3}'),
        ("tokenizer_config.json", '{"model_max_length": {"a": 1}}'),
        ("preprocessor_config.json", '{"size": "large", "image_processor_type": 5}'),
    ],
)
def test_settings_of_the_wrong_type_are_refused(
    name: str, content: str, tiny_models: TinyModels, tmp_path: Path
) -> None:
    directory = tiny_models.copy(tiny_models.onnx("clip"), tmp_path / "model")
    (directory / name).write_text(content)
    with pytest.raises(ModelUnusable) as caught:
        loaded(directory)
    assert caught.value.remedy


def test_kinds_that_are_not_known_are_refused_by_name(tiny_models: TinyModels, tmp_path: Path) -> None:
    directory = tiny_models.copy(tiny_models.weights("clip"), tmp_path / "model")
    (directory / "config.json").write_text('{"model_type": "llama", "auto_map": {"AutoModel": "evil.Model"}}')
    with pytest.raises(ModelUnusable, match="llama"):
        loaded(directory)
