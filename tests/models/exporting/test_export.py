"""Weights to graphs: every file a model needs comes along, and what cannot be exported is refused."""

from pathlib import Path

import pytest
from tests.tiny_models import KINDS, TinyModels

from pinakes.core.errors import ModelUnusable
from pinakes.models.exporting.export import export_onnx
from pinakes.models.runtimes import loading

pytest.importorskip("transformers")


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_is_a_whole_model(kind: str, tiny_models: TinyModels) -> None:
    directory = tiny_models.onnx(kind)
    names = {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}
    graphs = {"encoder_model", "decoder_model"} if kind == "blip" else {"vision_model", "text_model"}
    assert names >= {f"onnx/{graph}.onnx" for graph in graphs}
    assert names >= {"config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json"}
    assert not names & {"model.safetensors", "spiece.model"}
    assert loading.kind_of(directory)


def test_other_kinds_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    source, into = tmp_path / "from", tmp_path / "into"
    source.mkdir()
    (source / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(ModelUnusable, match="llama"):
        export_onnx(source, into)
    assert not into.exists()
