"""`pinakes index`: another model's index built, compared, used and taken back from the command line."""

from pathlib import Path

import pytest
from tests.commands import here
from tests.pictures import picture
from tests.tiny_models import TinyModels

from pinakes.models.store.importing import import_model
from pinakes.models.store.store import Store


@pytest.fixture
def state(tmp_path: Path, tiny_models: TinyModels, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state with two tiny models and three pictures, of which nothing is indexed yet."""
    for seed in range(3):
        picture(tmp_path / "photos" / f"<{seed}>.png", seed=seed, form="PNG")
    for name, kind in (("first", "clip"), ("second", "siglip")):
        import_model(Store(tmp_path / "state" / "models"), tiny_models.onnx(kind), name=name)
    monkeypatch.setenv("PINAKES_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PINAKES_CLIENT__MODE", "local")
    monkeypatch.setenv("PINAKES_INFERENCE__MODEL", "first")
    monkeypatch.setenv("PINAKES_SCAN__WORKERS", "1")
    return tmp_path / "state"


def test_the_whole_way_from_one_model_to_another_and_back(
    state: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert "There are no indexes yet" in here(capfdbinary, "index", "list").stderr
    assert here(capfdbinary, "ingest", tmp_path / "photos").status == 0
    assert b"Built second-" in here(capfdbinary, "index", "build", "second").stdout

    listed = here(capfdbinary, "index", "list", "--format", "json").json["indexes"]
    assert {each["model"]: (each["state"], each["indexed"]) for each in listed} == {
        "first": ("answering", 3),
        "second": ("beside", 3),
    }
    page = tmp_path / "page.html"
    compared = here(capfdbinary, "index", "compare", "second", "--query", "two dogs", "--html", page)
    assert b"100%" in compared.stdout
    assert b"two dogs" in compared.stdout
    text = page.read_text("ascii")
    assert text.count("data:image/jpeg;base64,") == 6
    assert "&lt;1&gt;.png" in text
    assert "<script" not in text

    assert here(capfdbinary, "index", "use", "second").stdout.startswith(b"answers")
    assert b"answered before  first@" in here(capfdbinary, "index", "list").stdout
    assert here(capfdbinary, "index", "back").stdout.startswith(b"answers          first@")
    assert b"Dropped second-" in here(capfdbinary, "index", "drop", "second").stdout
    refused = here(capfdbinary, "index", "drop", "first")
    assert refused.status == 1
    assert "answers searches and is not dropped" in refused.stderr


def test_a_model_that_is_not_installed_is_one_sentence(
    state: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    failed = here(capfdbinary, "index", "build", "nobody")
    assert failed.status == 1
    assert failed.stderr.strip().splitlines()[-1].startswith("pinakes: The model nobody is not installed.")
    assert state.is_dir()
