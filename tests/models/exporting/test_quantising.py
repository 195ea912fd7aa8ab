"""Eight-bit variants: written beside the full graphs, loaded by name, compared honestly."""

from pathlib import Path

import numpy as np
import pytest
from tests.pictures import shapes
from tests.tiny_models import ODD_TEXTS, TinyModels

from pinakes.core.errors import ModelUnusable
from pinakes.core.types import Task
from pinakes.models.base import LoadedModel
from pinakes.models.exporting import quantising
from pinakes.models.runtimes import loading

pytest.importorskip("onnx")
pytest.importorskip("transformers")

PICTURES = [shapes(seed) for seed in range(6)]


def loaded(directory: Path, variant: str = "") -> LoadedModel:
    return loading.load(
        directory, name="tiny", revision="1", decode_for=lambda _: np.zeros_like, threads=1, variant=variant
    )


@pytest.fixture
def clip(tiny_models: TinyModels, tmp_path: Path) -> Path:
    return tiny_models.copy(tiny_models.onnx("clip"), tmp_path / "model")


def test_the_variant_is_smaller_close_and_reported(clip: Path) -> None:
    report = quantising.quantise(clip, pictures=PICTURES, texts=ODD_TEXTS)
    assert [file.name for file in report.files] == ["text_model_int8.onnx", "vision_model_int8.onnx"]
    assert report.nbytes_quantised < report.nbytes_full
    assert set(report.tasks) == {Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING}
    for task in report.tasks.values():
        assert task.loss is not None
        assert 0.99 < task.loss.least <= task.loss.fifth <= task.loss.mean < 1
        assert min(task.milliseconds_full, task.milliseconds_quantised) > 0
    assert loaded(clip, "int8").identity.preprocess != loaded(clip).identity.preprocess
    assert not [path for path in (clip / "onnx").iterdir() if path.name.startswith(".")]


def test_results_of_the_variant_do_not_depend_on_their_neighbours(clip: Path) -> None:
    quantising.quantise(clip, pictures=PICTURES[:1], texts=[])
    model = loaded(clip, "int8")
    for task, items in ((Task.IMAGE_EMBEDDING, PICTURES), (Task.TEXT_EMBEDDING, ODD_TEXTS)):
        side = model.tasks[task]
        prepared = [side.preprocess(item) for item in items]  # type: ignore[arg-type]
        together = side.postprocess(side.infer(prepared))
        alone = [side.postprocess(side.infer([one]))[0] for one in prepared]
        assert np.array_equal(np.array(together), np.array(alone))


def test_captioners_report_the_share_of_captions_that_stay(tiny_models: TinyModels, tmp_path: Path) -> None:
    directory = tiny_models.copy(tiny_models.onnx("blip"), tmp_path / "model")
    report = quantising.quantise(directory, pictures=PICTURES, texts=())
    assert set(report.tasks) == {Task.CAPTIONING}
    share = report.tasks[Task.CAPTIONING].same
    assert share is not None
    assert share * len(PICTURES) == pytest.approx(round(share * len(PICTURES)))
    assert report.tasks[Task.CAPTIONING].loss is None


def test_models_without_graphs_and_damaged_ones_are_refused(tiny_models: TinyModels, clip: Path) -> None:
    with pytest.raises(ModelUnusable, match="no ONNX graphs"):
        quantising.quantise(tiny_models.weights("clip"), pictures=PICTURES, texts=ODD_TEXTS)
    (clip / "onnx" / "text_model.onnx").write_bytes(b"\x08garbage")
    with pytest.raises(ModelUnusable, match=r"text_model\.onnx"):
        quantising.quantise(clip, pictures=PICTURES, texts=ODD_TEXTS)
    assert not list((clip / "onnx").glob("*int8*"))


def test_without_the_extra_the_remedy_says_which(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantising, "find_spec", lambda _: None)
    with pytest.raises(ModelUnusable) as caught:
        quantising.quantise(clip, pictures=PICTURES, texts=ODD_TEXTS)
    assert "pinakes[quantize]" in caught.value.remedy
