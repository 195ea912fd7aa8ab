"""The layouts that ONNX models are published in: split, joint, Immich's; and what is wrong with some."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.pictures import shapes
from tests.tiny_models import TinyModels

from pinakes.core.errors import ModelUnusable
from pinakes.core.types import Task
from pinakes.models.base import LoadedModel
from pinakes.models.layouts import Layout
from pinakes.models.runtimes import loading
from pinakes.models.tasks import logit_scale

onnx = pytest.importorskip("onnx")

PICTURES = [shapes(seed) for seed in range(5)]
TEXTS = ["a dog", "two cats on the beach", "", "a red house on the mountains"]


def loaded(directory: Path, variant: str = "") -> LoadedModel:
    return loading.load(
        directory, name="tiny", revision="1", decode_for=lambda _: np.zeros_like, threads=1, variant=variant
    )


def vectors(model: LoadedModel) -> tuple[Any, Any]:
    both = []
    for task, items in ((Task.IMAGE_EMBEDDING, PICTURES), (Task.TEXT_EMBEDDING, TEXTS)):
        side = model.tasks[task]
        both.append(np.stack(side.postprocess(side.infer([side.preprocess(item) for item in items]))))
    return both[0], both[1]


def renamed(graph: Any, names: dict[str, str]) -> Any:
    """The graph with inputs and outputs of other names; what has these names inside gets others first."""
    names = {**{new: f"{new}_inside" for new in names.values()}, **names}
    for entry in (*graph.graph.input, *graph.graph.output, *graph.graph.initializer):
        entry.name = names.get(entry.name, entry.name)
    for node in graph.graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    return graph


def batch_of_one(graph: Any) -> Any:
    """The graph declaring that it takes one input at a time."""
    del graph.graph.value_info[:], graph.metadata_props[:]
    for entry in (*graph.graph.input, *graph.graph.output):
        entry.type.tensor_type.shape.dim[0].dim_value = 1
    return graph


@pytest.fixture
def immich(tiny_models: TinyModels, tmp_path: Path) -> Path:
    """The tiny CLIP in the layout of Immich's exports: batches of one, 77 tokens of 32 bits."""
    source = tiny_models.onnx("clip")
    for folder, graph, names in (
        ("visual", "vision_model", {"pixel_values": "image", "image_embeds": "embedding"}),
        ("textual", "text_model", {"input_ids": "text", "text_embeds": "embedding"}),
    ):
        (tmp_path / folder).mkdir()
        model = batch_of_one(renamed(onnx.load(source / "onnx" / f"{graph}.onnx"), names))
        if folder == "textual":
            narrowed(model)
        onnx.save(model, tmp_path / folder / "model.onnx")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / "textual" / name).write_bytes((source / name).read_bytes())
    config = {"embed_dim": 24, "text_cfg": {"context_length": 77}, "vision_cfg": {"image_size": 32}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    settings = json.loads((source / "preprocessor_config.json").read_text())
    preprocess = {"size": [32, 32], "mode": "RGB", "interpolation": "bicubic", "resize_mode": "shortest"}
    preprocess |= {"mean": settings["image_mean"], "std": settings["image_std"]}
    (tmp_path / "visual" / "preprocess_cfg.json").write_text(json.dumps(preprocess))
    return tmp_path


def narrowed(model: Any) -> None:
    """Make the ids of a text graph int32 (1, 77), widened inside."""
    entry = model.graph.input[0]
    entry.type.tensor_type.elem_type = onnx.TensorProto.INT32
    entry.type.tensor_type.shape.dim[1].dim_value = 77
    for node in model.graph.node:
        node.input[:] = ["wide" if name == entry.name else name for name in node.input]
    wide = onnx.helper.make_node("Cast", [entry.name], ["wide"], to=onnx.TensorProto.INT64)
    model.graph.node.insert(0, wide)


@pytest.fixture(params=["clip", "siglip"])
def joint(request: pytest.FixtureRequest, tiny_models: TinyModels, tmp_path: Path) -> Path:
    """A tiny model as one graph for both sides, as `optimum` exports by default."""
    import torch
    import transformers

    from pinakes.models.exporting.onnx_writing import Graph, write

    directory = tiny_models.copy(tiny_models.onnx(request.param), tmp_path / "joint")
    for file in (directory / "onnx").iterdir():
        file.unlink()
    model = transformers.AutoModel.from_pretrained(tiny_models.weights(request.param)).eval()

    def both(ids: Any, pixels: Any, mask: Any) -> Any:
        masks = {"attention_mask": mask} if request.param == "clip" else {}
        output = model(input_ids=ids, pixel_values=pixels, **masks)
        return output.logits_per_image, output.text_embeds, output.image_embeds

    texts, pictures = torch.export.Dim("texts", max=64), torch.export.Dim("pictures", max=64)
    tokens = {1: torch.export.Dim("tokens", min=2, max=77)} if request.param == "clip" else {}
    ids = torch.ones(3, 64, dtype=torch.int64)
    inputs = {
        "input_ids": ids,
        "pixel_values": torch.rand(2, 3, 32, 32),
        "attention_mask": torch.ones_like(ids),
    }
    axes = {
        "input_ids": {0: texts, **tokens},
        "pixel_values": {0: pictures},
        "attention_mask": {0: texts, **tokens},
    }
    outputs = ["logits_per_image", "text_embeds", "image_embeds"]
    write(Graph("model", model, both, inputs, axes, outputs), directory / "onnx", {})
    return directory


def test_a_joint_graph_gives_the_vectors_of_the_split_ones(joint: Path, tiny_models: TinyModels) -> None:
    kind = json.loads((joint / "config.json").read_text())["model_type"]
    split, whole = loaded(tiny_models.onnx(kind)), loaded(joint)
    for ours, theirs in zip(vectors(whole), vectors(split), strict=True):
        assert np.abs(ours - theirs).max() < 1e-5
    assert whole.logits is not None and split.logits is not None
    assert whole.logits.activation == split.logits.activation
    assert whole.logits.scale == pytest.approx(split.logits.scale, rel=1e-3)
    assert whole.logits.bias == pytest.approx(split.logits.bias, abs=1e-2)


def test_exports_of_immich_give_the_same_vectors_one_at_a_time(immich: Path, tiny_models: TinyModels) -> None:
    assert loading.kind_of(immich) == Layout.IMMICH
    ours = loaded(immich)
    for one, other in zip(vectors(ours), vectors(loaded(tiny_models.onnx("clip"))), strict=True):
        assert np.abs(one - other).max() < 1e-5
    assert ours.logits == logit_scale.CLIP
    assert ours.tasks[Task.TEXT_EMBEDDING].preprocess("a dog").cost == 77


def test_graphs_that_do_not_tell_get_the_published_scale(tiny_models: TinyModels, tmp_path: Path) -> None:
    expected = {"clip": logit_scale.CLIP, "siglip": logit_scale.SIGLIP, "siglip2": logit_scale.SIGLIP2}
    for kind, published in expected.items():
        directory = tiny_models.copy(tiny_models.onnx(kind), tmp_path / kind)
        for file in (directory / "onnx").iterdir():
            model = onnx.load(file)
            del model.metadata_props[:]
            onnx.save(model, file)
        assert loaded(directory).logits == published
    assert logit_scale.published("siglip", 1152) == logit_scale.SIGLIP_SO400M


def test_a_variant_is_another_identity_and_must_be_there(tiny_models: TinyModels, tmp_path: Path) -> None:
    directory = tiny_models.copy(tiny_models.onnx("clip"), tmp_path / "model")
    for stem in ("vision_model", "text_model"):
        source = directory / "onnx" / f"{stem}.onnx"
        source.with_name(f"{stem}_fp16.onnx").write_bytes(source.read_bytes())
    assert loaded(directory, "fp16").identity != loaded(directory).identity
    with pytest.raises(ModelUnusable, match=r"onnx/vision_model_q4\.onnx") as caught:
        loaded(directory, "q4")
    assert "fp16, full" in caught.value.remedy


@pytest.mark.parametrize(
    "name",
    [
        "config.json",
        "preprocessor_config.json",
        "tokenizer.json",
        "onnx/text_model.onnx",
        "onnx/vision_model.onnx",
    ],
)
@pytest.mark.parametrize("content", [None, b"", b"\x08\x07garbage", b"[1]"])
def test_a_file_that_is_absent_or_damaged_is_named(
    name: str, content: bytes | None, tiny_models: TinyModels, tmp_path: Path
) -> None:
    directory = tiny_models.copy(tiny_models.onnx("clip"), tmp_path / "model")
    (directory / name).unlink()
    if content is not None:
        (directory / name).write_bytes(content)
    with pytest.raises(ModelUnusable, match=Path(name).name) as caught:
        loaded(directory)
    assert caught.value.remedy


def test_weights_beside_the_graph_are_found_or_missed_by_name(
    tiny_models: TinyModels, tmp_path: Path
) -> None:
    directory = tiny_models.copy(tiny_models.onnx("clip"), tmp_path / "model")
    file = directory / "onnx" / "vision_model.onnx"
    model = onnx.load(file)
    onnx.save(model, file, save_as_external_data=True, location="vision_model.onnx_data", size_threshold=1024)
    assert loaded(directory).nbytes > 500_000
    file.with_name("vision_model.onnx_data").unlink()
    with pytest.raises(ModelUnusable, match=r"vision_model\.onnx") as caught:
        loaded(directory)
    assert "vision_model.onnx_data" in caught.value.remedy


def test_sides_of_different_models_are_refused(tiny_models: TinyModels, tmp_path: Path) -> None:
    directory = tiny_models.copy(tiny_models.onnx("clip"), tmp_path / "model")
    other = tiny_models.onnx("siglip") / "onnx" / "vision_model.onnx"
    (directory / "onnx" / "vision_model.onnx").write_bytes(other.read_bytes())
    with pytest.raises(ModelUnusable, match="cannot be compared"):
        loaded(directory)


def test_a_graph_of_which_any_output_might_be_the_embedding_is_refused(
    tiny_models: TinyModels, tmp_path: Path
) -> None:
    directory = tiny_models.copy(tiny_models.onnx("clip"), tmp_path / "model")
    file = directory / "onnx" / "vision_model.onnx"
    graph = renamed(onnx.load(file), {"image_embeds": "one"})
    graph.graph.node.append(onnx.helper.make_node("Identity", ["one"], ["other"]))
    graph.graph.output.append(onnx.helper.make_tensor_value_info("other", onnx.TensorProto.FLOAT, ["n", 24]))
    onnx.save(graph, file)
    with pytest.raises(ModelUnusable, match=r"none of image_embeds.*only one, other"):
        loaded(directory)


def positioned(graph: Any) -> Any:
    """The text graph asking for positions and segments too, which come to nothing."""
    for name in ("position_ids", "token_type_ids"):
        graph.graph.input.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.INT64, ["n", "t"]))
    for node in graph.graph.node:
        node.input[:] = ["shifted" if name == "input_ids" else name for name in node.input]
    steps = [
        onnx.helper.make_node("Sub", ["position_ids", "position_ids"], ["nothing"]),
        onnx.helper.make_node("Add", ["token_type_ids", "nothing"], ["more"]),
        onnx.helper.make_node("Add", ["input_ids", "more"], ["shifted"]),
    ]
    for place, step in enumerate(steps):
        graph.graph.node.insert(place, step)
    return graph


def halved(graph: Any) -> Any:
    """The graph with inputs and outputs of sixteen bits, as half-precision exports have them."""
    half, full = onnx.TensorProto.FLOAT16, onnx.TensorProto.FLOAT
    (taken,) = graph.graph.input
    (given,) = graph.graph.output
    for node in graph.graph.node:
        node.input[:] = ["whole" if name == taken.name else name for name in node.input]
        node.output[:] = ["result" if name == given.name else name for name in node.output]
    if taken.type.tensor_type.elem_type == full:
        taken.type.tensor_type.elem_type = half
    graph.graph.node.insert(0, onnx.helper.make_node("Cast", [taken.name], ["whole"], to=_inside(taken)))
    graph.graph.node.append(onnx.helper.make_node("Cast", ["result"], [given.name], to=half))
    given.type.tensor_type.elem_type = half
    return graph


def _inside(taken: Any) -> int:
    half, full = onnx.TensorProto.FLOAT16, onnx.TensorProto.FLOAT
    kind: int = taken.type.tensor_type.elem_type
    return int(full) if kind == half else kind


def test_graphs_of_any_exporter_are_told_by_their_shapes(tiny_models: TinyModels, tmp_path: Path) -> None:
    """Beside everything else, as optimum writes them; names of nobody; positions asked for."""
    directory = tiny_models.copy(tiny_models.onnx("clip"), tmp_path / "model")
    for stem, names in (
        ("vision_model", {"pixel_values": "x", "image_embeds": "features"}),
        ("text_model", {"text_embeds": "y"}),
    ):
        graph = onnx.load(directory / "onnx" / f"{stem}.onnx")
        graph = positioned(graph) if stem == "text_model" else graph
        del graph.graph.value_info[:], graph.metadata_props[:]
        onnx.save(renamed(graph, names), directory / f"{stem}.onnx")
    for file in (directory / "onnx").iterdir():
        file.unlink()
    assert loading.kind_of(directory) == Layout.OPTIMUM
    for one, other in zip(vectors(loaded(directory)), vectors(loaded(tiny_models.onnx("clip"))), strict=True):
        assert np.abs(one - other).max() < 1e-5


def test_a_model_of_one_precision_only_is_run_in_it(tiny_models: TinyModels, tmp_path: Path) -> None:
    directory = tiny_models.copy(tiny_models.onnx("clip"), tmp_path / "model")
    for file in list((directory / "onnx").iterdir()):
        graph = onnx.load(file)
        del graph.graph.value_info[:], graph.metadata_props[:]
        onnx.save(halved(graph), file.with_name(f"{file.stem}_fp16.onnx"))
        file.unlink()
    half, full = loaded(directory), loaded(tiny_models.onnx("clip"))
    for one, other in zip(vectors(half), vectors(full), strict=True):
        assert 0 < np.abs(one - other).max() < 1e-3
    assert half.identity == loaded(directory, "fp16").identity != full.identity
