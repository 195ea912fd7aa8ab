"""`pinakes models`: what a person types, what it says, and what is left when it is interrupted or killed."""

import json
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from tests.commands import here, started
from tests.small_hub import COMMIT, Repository, SmallHub, served
from tests.tiny_models import TinyModels
from tests.waiting import until

from pinakes.cli.checks.samples import scene
from pinakes.models.registry.registry import DEFAULT, registry

WEIGHTS = random.Random(2).randbytes(2_500_000)

FILES = {
    "config.json": b"{}",
    "preprocessor_config.json": b"{}",
    "tokenizer.json": b"{}",
    "onnx/vision_model.onnx": WEIGHTS,
    "onnx/text_model.onnx": b"text",
}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[SmallHub]:
    with served(SmallHub({"ada/tiny-clip": Repository(dict(FILES))})) as running:
        monkeypatch.setenv("PINAKES_MODELS__HUB", running.url)
        monkeypatch.setenv("PINAKES_MODELS__DIRECTORY", str(tmp_path / "models"))
        for name in ("HF_TOKEN", "HF_ENDPOINT", "HF_HUB_OFFLINE"):
            monkeypatch.delenv(name, raising=False)
        yield running


@pytest.fixture
def tiny_onnx(tiny_models: TinyModels, tmp_path: Path) -> Path:
    """A CLIP with random weights, as ONNX graphs in a folder of its name."""
    return tiny_models.copy(tiny_models.onnx("clip"), tmp_path / "tiny-clip")


def test_the_list_shows_what_ships_what_is_here_and_what_can_be_had(
    hub: SmallHub, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    here(capfdbinary, "models", "pull", "ada/tiny-clip")
    lines = here(capfdbinary, "models", "list").stdout.decode().splitlines()
    by_name = {line[2:].split()[0]: line for line in lines if line[2:].strip()}
    assert by_name["pinakes-global"].endswith("ships")
    assert by_name["tiny-clip"].endswith(f"installed {COMMIT[:12]}")
    assert by_name[DEFAULT].startswith("*")
    assert all(entry.name in by_name for entry in registry())
    assert max(map(len, lines)) < 115


def test_the_list_for_programs_says_more(hub: SmallHub, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    here(capfdbinary, "models", "pull", "ada/tiny-clip")
    models = {
        model["name"]: model
        for model in here(capfdbinary, "models", "list", "--format", "json").json["models"]
    }
    assert models[DEFAULT]["default"]
    assert models[DEFAULT]["quality"]["source"]
    assert models["pinakes-global"]["state"] == "ships"
    assert models["tiny-clip"]["installed"][0]["current"]
    assert models["tiny-clip"]["bytes"] == sum(map(len, FILES.values()))


def test_pulling_says_what_it_got_and_where_to_go_on(
    hub: SmallHub, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    ended = here(capfdbinary, "models", "pull", "ada/tiny-clip", "--name", "mine")
    assert ended.status == 0
    assert ended.stdout.decode() == f"Installed mine {COMMIT[:12]}, 2.5 MB, licence unknown.\n"
    assert "pinakes models test mine" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("pull", "ada/nothing"), 1, "has no repository ada/nothing"),
        (("pull", "nonsense"), 1, "knows no model 'nonsense'"),
        (("pull", "ada/tiny-clip", "--name", "No Name"), 2, "cannot be called 'No Name'"),
        (("import", "nowhere"), 1, "nowhere is no folder"),
        (("remove", "absent"), 1, "absent is not installed"),
        (("remove", "pinakes-global"), 2, "ships with Pinakes"),
        (("quantize", "pinakes-global"), 2, "ships with Pinakes"),
        (("export", "pinakes-global"), 2, "ships with Pinakes"),
        (("test", "absent"), 1, "`pinakes models list` shows which are"),
        (("test", DEFAULT), 1, f"Get it with `pinakes models pull {DEFAULT}`."),
        (("export", DEFAULT), 1, f"Get it with `pinakes models pull {DEFAULT}`."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    hub: SmallHub,
    capfdbinary: pytest.CaptureFixture[bytes],
    arguments: tuple[str, ...],
    status: int,
    said: str,
) -> None:
    ended = here(capfdbinary, "models", *arguments)
    assert (ended.status, ended.stdout) == (status, b"")
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_without_a_hub_the_way_round_it_is_said(
    hub: SmallHub, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINAKES_MODELS__HUB", "http://127.0.0.1:9")
    ended = here(capfdbinary, "models", "pull")
    assert ended.status == 1
    assert "there is no connection to it" in ended.stderr
    assert "pinakes models import DIR" in ended.stderr


def test_offline_nothing_is_asked(
    hub: SmallHub, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    ended = here(capfdbinary, "models", "pull", "ada/tiny-clip")
    assert (ended.status, hub.asked) == (1, [])
    assert "HF_HUB_OFFLINE forbids" in ended.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_pull_that_is_stopped_goes_on_where_it_was(
    hub: SmallHub, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, number: signal.Signals
) -> None:
    part = tmp_path / "models" / ".incoming" / f"tiny-clip@{COMMIT[:12]}" / "onnx" / "vision_model.onnx.part"
    hub.stops_at = 1_500_000
    with started(tmp_path, "models", "pull", "ada/tiny-clip") as pulling:
        until(lambda: part.exists() and part.stat().st_size >= 1_000_000, "most of the file")
        pulling.signal(number)
        status = pulling.wait()
        assert status == (130 if number == signal.SIGINT else -number)
        assert number == signal.SIGKILL or "goes on from there" in pulling.stderr
        assert "Traceback" not in pulling.stderr
    assert here(capfdbinary, "models", "list", "--format", "json").stdout.count(b"tiny-clip") == 0
    hub.stops_at, hub.asked = 0, []
    assert here(capfdbinary, "models", "pull", "ada/tiny-clip").status == 0
    assert (tmp_path / "models/tiny-clip" / COMMIT[:12] / "onnx/vision_model.onnx").read_bytes() == WEIGHTS
    assert int(hub.ranges()[0][6:-1]) >= 1_000_000


def test_a_model_is_imported_tried_and_removed(
    hub: SmallHub, capfdbinary: pytest.CaptureFixture[bytes], tiny_onnx: Path
) -> None:
    assert here(capfdbinary, "models", "import", tiny_onnx).status == 0
    tried = here(capfdbinary, "models", "test", "tiny-clip")
    assert tried.status == 0, tried.stderr
    assert b"a copy is nearer than another picture" in tried.stdout
    trial = here(capfdbinary, "models", "test", "tiny-clip", "--format", "json").json
    assert set(trial["warm"]) == {"image-embedding", "text-embedding"}
    assert all(trial["sane"].values())
    assert trial["dimensions"] > 0
    removed = here(capfdbinary, "models", "remove", "tiny-clip")
    assert removed.stdout.startswith(b"Removed tiny-clip ")
    assert here(capfdbinary, "models", "test", "tiny-clip").status == 1


def test_the_built_in_model_can_be_tried_too(
    hub: SmallHub, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert here(capfdbinary, "models", "test", "pinakes-global").status == 0


def test_a_damaged_model_is_not_loaded(
    hub: SmallHub, capfdbinary: pytest.CaptureFixture[bytes], tiny_onnx: Path, tmp_path: Path
) -> None:
    here(capfdbinary, "models", "import", tiny_onnx)
    graph = next((tmp_path / "models").glob("tiny-clip/*/onnx/vision_model.onnx"))
    graph.write_bytes(graph.read_bytes()[:-9])
    ended = here(capfdbinary, "models", "test", "tiny-clip")
    assert ended.status == 1
    assert "is not as it was installed" in ended.stderr


def test_what_cannot_be_loaded_is_one_sentence(
    hub: SmallHub, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    here(capfdbinary, "models", "pull", "ada/tiny-clip")
    ended = here(capfdbinary, "models", "test", "tiny-clip")
    assert ended.status == 1
    assert "Traceback" not in ended.stderr
    assert ended.stderr.startswith("pinakes: ")


def test_a_smaller_variant_is_made_measured_and_verified(
    hub: SmallHub, capfdbinary: pytest.CaptureFixture[bytes], tiny_onnx: Path, tmp_path: Path
) -> None:
    here(capfdbinary, "models", "import", tiny_onnx)
    photographs = tmp_path / "photographs"
    photographs.mkdir()
    for seed in range(3):
        Image.fromarray(scene(seed)).save(photographs / f"{seed}.png")
    (photographs / "note.txt").write_text("no picture")
    ended = here(capfdbinary, "models", "quantize", "tiny-clip", "--images", photographs, "--format", "json")
    assert ended.status == 0, ended.stderr
    for task in ("image-embedding", "text-embedding"):
        cosine = ended.json["tasks"][task]["cosine"]
        assert 0.9 < cosine["least"] <= cosine["fifth_percentile"] <= cosine["mean"] <= 1.0001
    assert ended.json["bytes"]["quantised"] < ended.json["bytes"]["full"]
    assert here(capfdbinary, "models", "test", "tiny-clip", "--variant", "int8").status == 0
    next((tmp_path / "models").glob("tiny-clip/*/onnx/vision_model_int8.onnx")).write_bytes(b"damage")
    assert "is not as it was installed" in here(capfdbinary, "models", "test", "tiny-clip").stderr


def test_a_folder_without_pictures_judges_nothing(
    hub: SmallHub, capfdbinary: pytest.CaptureFixture[bytes], tiny_onnx: Path
) -> None:
    here(capfdbinary, "models", "import", tiny_onnx)
    ended = here(capfdbinary, "models", "quantize", "tiny-clip", "--images", tiny_onnx)
    assert (ended.status, ended.stdout) == (2, b"")
    assert "holds no picture" in ended.stderr


def test_a_captioner_is_tried_by_what_it_says(
    hub: SmallHub, capfdbinary: pytest.CaptureFixture[bytes], tiny_models: TinyModels
) -> None:
    here(capfdbinary, "models", "import", tiny_models.onnx("blip"), "--name", "tiny-blip")
    trial = here(capfdbinary, "models", "test", "tiny-blip", "--format", "json").json
    assert (set(trial["warm"]), trial["dimensions"]) == ({"captioning"}, 0)
    assert trial["caption"]


def test_tensors_become_graphs_that_need_no_torch(
    hub: SmallHub, capfdbinary: pytest.CaptureFixture[bytes], tiny_models: TinyModels
) -> None:
    here(capfdbinary, "models", "import", tiny_models.weights("clip"), "--name", "tiny")
    ended = here(capfdbinary, "models", "export", "tiny")
    assert (ended.status, ended.stdout[:20]) == (0, b"Installed tiny-onnx "), ended.stderr
    lines = here(capfdbinary, "models", "list").stdout.decode().splitlines()
    assert [line.split()[0] for line in lines if "installed" in line and line.endswith(", extra")] == ["tiny"]
    listed = here(capfdbinary, "models", "list", "--format", "json").json["models"]
    kinds = {model["name"]: model["installed"][0]["kind"] for model in listed if model["installed"]}
    assert kinds == {"tiny": "transformers", "tiny-onnx": "onnx-dual-encoder"}


def test_json_of_a_trial_is_one_document(hub: SmallHub, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    ended = here(capfdbinary, "models", "test", "pinakes-global", "--format", "json")
    assert json.loads(ended.stdout)["model"] == "pinakes-global"
