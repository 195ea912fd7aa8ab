"""How many threads a model is called on follows from its size, unless a person says so."""

import os
from pathlib import Path

import pytest
from tests.tiny_models import TinyModels

from pinakes.core.settings import InferenceSettings, Settings
from pinakes.services.chosen import offers

CORES = len(os.sched_getaffinity(0))


@pytest.mark.skipif(CORES < 2, reason="on one core there is no choice")
@pytest.mark.parametrize(
    ("small", "call_threads", "concurrency", "copies"),
    [(10**9, 0, CORES, 1), (0, 0, CORES, 2), (0, CORES, 1, 1), (0, 1, CORES, 1)],
    ids=["small", "large", "large, all cores each", "large, one core each"],
)
def test_a_large_model_has_a_second_copy_for_calls_beside_others(
    tiny_models: TinyModels,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    small: int,
    call_threads: int,
    concurrency: int,
    copies: int,
) -> None:
    directory = tiny_models.onnx("clip")
    monkeypatch.setattr(offers, "SMALL_MODEL", small)
    inference = InferenceSettings(model=str(directory), call_threads=call_threads, threads=CORES)
    settings = Settings(state=tmp_path, inference=inference)
    offered = offers.offers_of(settings)
    name = offers.default_model(settings, offered())
    (loaded,) = [offer.load() for offer in offered() if offer.name == name]
    sizes = [(directory / "onnx" / f"{side}_model.onnx").stat().st_size for side in ("vision", "text")]
    assert loaded.concurrency == concurrency
    assert loaded.nbytes == copies * sizes[0] + sizes[1]
