"""CLIP, SigLIP and SigLIP 2 against the reference: same input, same weights, the same vectors to 1e-5."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.pictures import shapes
from tests.tiny_models import ODD_TEXTS, TinyModels

from pinakes.core.errors import InvalidRequest, ModelFailed
from pinakes.core.types import Task
from pinakes.models.base import LoadedModel, TaskModel
from pinakes.models.runtimes import loading
from pinakes.models.tasks.dual_encoder import unit_length

pytest.importorskip("transformers")

DUAL = ("clip", "siglip", "siglip2")
PICTURES = [
    shapes(seed, height, width) for seed, (height, width) in enumerate([(192, 256), (256, 191), (33, 32)])
]

#: How far from the reference a vector of length 1 may be.
EXACT = 1e-5


def loaded(directory: Path, variant: str = "") -> LoadedModel:
    return loading.load(
        directory, name="tiny", revision="1", decode_for=lambda _: np.zeros_like, threads=2, variant=variant
    )


def vectors(model: TaskModel, items: Any) -> Any:
    return np.stack(model.postprocess(model.infer([model.preprocess(item) for item in items])))


@pytest.fixture(params=DUAL)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["onnx", "torch"])
def model(request: pytest.FixtureRequest, kind: str, tiny_models: TinyModels) -> LoadedModel:
    return loaded(tiny_models.onnx(kind) if request.param == "onnx" else tiny_models.weights(kind))


def reference(kind: str, tiny_models: TinyModels) -> tuple[Any, Any, Any]:
    """The model, tokenizer and image processor of transformers, used as its documentation does."""
    import transformers

    directory = tiny_models.weights(kind)
    family, tokenizer = {
        "clip": ("CLIP", "CLIPTokenizer"),
        "siglip": ("Siglip", "SiglipTokenizer"),
        "siglip2": ("Siglip", "Siglip2Tokenizer"),
    }[kind]
    return (
        getattr(transformers, f"{'CLIP' if family == 'CLIP' else 'Siglip'}Model")
        .from_pretrained(directory)
        .eval(),
        getattr(transformers, tokenizer).from_pretrained(directory),
        getattr(transformers, f"{family}ImageProcessorPil").from_pretrained(directory),
    )


def units(features: Any) -> Any:
    rows = getattr(features, "pooler_output", features).numpy()
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_pictures_get_the_vectors_of_the_reference(
    model: LoadedModel, kind: str, tiny_models: TinyModels
) -> None:
    import torch

    theirs, _, processor = reference(kind, tiny_models)
    with torch.inference_mode():
        features = theirs.get_image_features(**processor(images=PICTURES, return_tensors="pt"))
    assert np.abs(vectors(model.tasks[Task.IMAGE_EMBEDDING], PICTURES) - units(features)).max() < EXACT


def test_words_get_the_vectors_of_the_reference(
    model: LoadedModel, kind: str, tiny_models: TinyModels
) -> None:
    import torch

    theirs, tokenizer, _ = reference(kind, tiny_models)
    length = {"padding": True} if kind == "clip" else {"padding": "max_length", "max_length": 64}
    inputs = tokenizer(list(ODD_TEXTS), truncation=True, return_tensors="pt", **length)
    if kind != "clip":  # published files of SigLIP ask for ids only
        inputs = {"input_ids": inputs["input_ids"]}
    with torch.inference_mode():
        features = theirs.get_text_features(**inputs)
    assert np.abs(vectors(model.tasks[Task.TEXT_EMBEDDING], ODD_TEXTS) - units(features)).max() < EXACT


def test_probabilities_are_those_of_the_reference(
    model: LoadedModel, kind: str, tiny_models: TinyModels
) -> None:
    import torch

    theirs, tokenizer, processor = reference(kind, tiny_models)
    texts = ["a dog", "two cats on the beach"]
    length = {"padding": True} if kind == "clip" else {"padding": "max_length", "max_length": 64}
    with torch.inference_mode():
        inputs = tokenizer(texts, return_tensors="pt", truncation=True, **length)
        output = theirs(input_ids=inputs["input_ids"], **processor(images=PICTURES, return_tensors="pt"))
    cosines = (
        vectors(model.tasks[Task.IMAGE_EMBEDDING], PICTURES)
        @ vectors(model.tasks[Task.TEXT_EMBEDDING], texts).T
    )
    assert model.logits is not None
    assert model.logits.activation == ("softmax" if kind == "clip" else "sigmoid")
    assert np.allclose(
        model.logits.scale * cosines + model.logits.bias, output.logits_per_image.numpy(), atol=1e-3
    )


def test_a_result_does_not_depend_on_its_neighbours(model: LoadedModel) -> None:
    for task, items in ((Task.IMAGE_EMBEDDING, PICTURES), (Task.TEXT_EMBEDDING, ODD_TEXTS)):
        together = vectors(model.tasks[task], items)
        alone = np.concatenate([vectors(model.tasks[task], [item]) for item in items])
        assert np.abs(together - alone).max() < 1e-6


def test_many_threads_at_once_get_the_results_of_one(model: LoadedModel) -> None:
    pictures, words = model.tasks[Task.IMAGE_EMBEDDING], model.tasks[Task.TEXT_EMBEDDING]
    expected = vectors(pictures, PICTURES), vectors(words, ODD_TEXTS)
    with ThreadPoolExecutor(8) as threads:
        results = list(
            threads.map(lambda _: (vectors(pictures, PICTURES), vectors(words, ODD_TEXTS)), range(24))
        )
    for seen, read in results:
        assert np.abs(seen - expected[0]).max() < 1e-6
        assert np.abs(read - expected[1]).max() < 1e-6


def test_both_runtimes_give_one_identity(kind: str, tiny_models: TinyModels) -> None:
    onnx, torch = loaded(tiny_models.onnx(kind)), loaded(tiny_models.weights(kind))
    assert onnx.identity == torch.identity
    assert onnx.tasks[Task.TEXT_EMBEDDING].identity == onnx.tasks[Task.IMAGE_EMBEDDING].identity
    assert onnx.input_side == 32
    assert onnx.concurrency == torch.concurrency == max(1, len(os.sched_getaffinity(0)) // 2)
    assert onnx.nbytes > 100_000


def test_the_wrong_kind_of_input_is_refused(model: LoadedModel) -> None:
    with pytest.raises(InvalidRequest, match="takes pictures"):
        model.tasks[Task.IMAGE_EMBEDDING].preprocess("words")
    with pytest.raises(InvalidRequest, match="takes words"):
        model.tasks[Task.TEXT_EMBEDDING].preprocess(PICTURES[0])


def test_prepared_inputs_are_taken_or_the_message_says_what_is(model: LoadedModel) -> None:
    pictures, words = model.tasks[Task.IMAGE_EMBEDDING], model.tasks[Task.TEXT_EMBEDDING]
    prepared = pictures.preprocess(PICTURES[0])
    assert pictures.accept(prepared.array) == prepared
    assert (prepared.cost, prepared.shape) == (32 * 32, (3, 32, 32))
    ids = words.preprocess("a dog").array
    assert words.accept(ids.astype(np.int32)).array.tolist() == ids.tolist()
    for wrong in (np.zeros((3, 32, 31), np.float32), np.zeros((3, 32, 32), np.float64)):
        with pytest.raises(InvalidRequest, match=r"float32 of shape \(3, 32, 32\)"):
            pictures.accept(wrong)
    for wrong in (np.zeros(0, np.int64), np.zeros(500, np.int64), np.zeros((1, 4), np.int64), np.zeros(4)):
        with pytest.raises(InvalidRequest, match="int64 token ids"):
            words.accept(wrong)


def test_a_closed_model_says_so(model: LoadedModel) -> None:
    model.close()
    with pytest.raises(ModelFailed, match="closed"):
        vectors(model.tasks[Task.IMAGE_EMBEDDING], PICTURES)


@pytest.mark.parametrize("row", [[0.0, 0.0], [np.nan, 1.0], [np.inf, 1.0]])
def test_a_vector_without_direction_fails(row: list[float]) -> None:
    with pytest.raises(ModelFailed, match="direction"):
        unit_length(np.array([[1.0, 0.0], row], dtype=np.float32))
