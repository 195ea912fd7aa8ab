"""Importing: folders as people have them become models, and what may not be read is refused in a sentence."""

import os
from pathlib import Path

import pytest
from tests.small_disk import small_disk
from tests.sound_files import onnx, safetensors

from pinakes.core.errors import DiskFull, InvalidRequest, ModelUnusable
from pinakes.core.types import Task
from pinakes.models.registry.registry import Registry, registry
from pinakes.models.store.importing import import_model
from pinakes.models.store.store import Store

COMMIT = "0123456789abcdef0123456789abcdef01234567"

DESCRIPTION = {"config.json": b"{}", "preprocessor_config.json": b"{}", "tokenizer.json": b"{}"}

OPTIMUM = {**DESCRIPTION, "onnx/vision_model.onnx": onnx(b"vision"), "onnx/text_model.onnx": onnx(b"text")}

IMMICH = {
    "config.json": b"{}",
    "visual/model.onnx": onnx(b"v"),
    "visual/preprocess_cfg.json": b'{"size": 32}',
    "textual/model.onnx": onnx(b"t"),
    "textual/tokenizer.json": b"{}",
}

TENSORS = {
    **DESCRIPTION,
    "config.json": b'{"model_type": "blip"}',
    "model.safetensors": safetensors(b"s"),
    "vocab.txt": b"a",
}

CAPTIONER = {**DESCRIPTION, "onnx/encoder_model.onnx": onnx(b"e"), "onnx/decoder_model.onnx": onnx(b"d")}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "models")


def made(folder: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def cached(place: Path, files: dict[str, bytes], repo: str = "ada/tiny-clip") -> Path:
    """A repository as the hub's own cache keeps it: snapshots of links to blobs."""
    folder = place / f"models--{repo.replace('/', '--')}"
    for number, (path, content) in enumerate(files.items()):
        made(folder / "blobs", {str(number): content})
        link = folder / "snapshots" / COMMIT / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(folder / "blobs" / str(number), link.parent))
    made(folder / "refs", {"main": COMMIT.encode()})
    return folder


@pytest.mark.parametrize(
    ("files", "kind", "tasks"),
    [
        (OPTIMUM, "onnx-dual-encoder", {Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING}),
        (IMMICH, "open-clip-onnx", {Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING}),
        (TENSORS, "transformers", {Task.CAPTIONING}),
        (CAPTIONER, "onnx-captioner", {Task.CAPTIONING}),
        (
            {path.removeprefix("onnx/"): content for path, content in OPTIMUM.items()},
            "onnx-dual-encoder",
            {Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING},
        ),
    ],
)
def test_every_layout_is_taken_in(
    store: Store, tmp_path: Path, files: dict[str, bytes], kind: str, tasks: set[Task]
) -> None:
    model = import_model(store, made(tmp_path / "My Model (2)", files))
    assert (model.name, model.manifest.kind, set(model.tasks)) == ("my-model-2", kind, tasks)
    assert {file.path for file in model.manifest.files} == set(files)
    assert store.verify(model) == []


@pytest.mark.parametrize(
    ("config", "dimensions"),
    [
        (b'{"model_type": "clip", "projection_dim": 512, "vision_config": {"hidden_size": 768}}', 512),
        (b'{"model_type": "siglip", "vision_config": {"hidden_size": 768}}', 768),
        (b'{"embed_dim": 640}', 640),
        (b'{"model_type": "blip", "projection_dim": 512}', 0),
        (b'{"projection_dim": "many", "vision_config": []}', 0),
    ],
)
def test_dimensions_are_what_the_models_own_description_says(
    store: Store, tmp_path: Path, config: bytes, dimensions: int
) -> None:
    model = import_model(store, made(tmp_path / "tiny", OPTIMUM | {"config.json": config}))
    assert model.manifest.dimensions == dimensions


def test_the_same_files_have_the_same_revision_wherever_they_lie(store: Store, tmp_path: Path) -> None:
    one = import_model(store, made(tmp_path / "one", OPTIMUM))
    two = import_model(store, made(tmp_path / "two", OPTIMUM))
    other = import_model(store, made(tmp_path / "three", OPTIMUM | {"config.json": b"{ }"}))
    assert one.revision == two.revision != other.revision


@pytest.mark.parametrize("below", ["", f"snapshots/{COMMIT}"])
def test_the_hubs_cache_tells_repository_and_commit(store: Store, tmp_path: Path, below: str) -> None:
    model = import_model(store, cached(tmp_path, OPTIMUM) / below)
    assert (model.name, model.revision) == ("tiny-clip", COMMIT[:12])
    assert model.manifest.source == f"ada/tiny-clip@{COMMIT}"
    assert not any(path.is_symlink() for path in model.path.rglob("*"))


def test_a_link_takes_no_room_and_copies_do_not_follow_their_origin(store: Store, tmp_path: Path) -> None:
    folder = cached(tmp_path, OPTIMUM)
    linked = import_model(store, folder, name="linked", link=True)
    copied = import_model(store, folder, name="copied")
    origin = folder / "snapshots" / COMMIT / "config.json"
    assert (linked.path / "config.json").samefile(origin)
    assert not (copied.path / "config.json").samefile(origin)


def test_precisions_are_kept_and_code_pickles_and_prose_are_left(store: Store, tmp_path: Path) -> None:
    more = {"onnx/vision_model_int8.onnx": onnx(b"8"), "modeling.py": b"", "x.bin": b"", "README.txt": b""}
    model = import_model(store, made(tmp_path / "tiny", OPTIMUM | more))
    taken = {file.path for file in model.manifest.files}
    assert taken == {*OPTIMUM, "onnx/vision_model_int8.onnx"}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"config.json": b"{}", "pytorch_model.bin": b"p"}, "pickle"),
        ({"config.json": b"{}", "weights/best.pt": b"p"}, "pickle"),
        ({"config.json": b"{}"}, "no model"),
    ],
)
def test_what_holds_no_readable_weights_is_refused(
    store: Store, tmp_path: Path, files: dict[str, bytes], said: str
) -> None:
    with pytest.raises(ModelUnusable, match=said):
        import_model(store, made(tmp_path / "tiny", files))
    assert store.installed() == []


def test_what_is_no_folder_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="is no folder"):
        import_model(store, tmp_path / "nowhere")


def test_a_folder_beside_the_models_own_leads_to_it(store: Store, tmp_path: Path) -> None:
    """Sentence-transformers keep a model in a folder of their folder; some name the graphs' own."""
    made(tmp_path / "clip-ViT-B-32" / "0_CLIPModel", OPTIMUM)
    made(tmp_path / "clip-ViT-B-32", {"modules.json": b"[]"})
    with pytest.raises(ModelUnusable, match="not the model's own folder") as above:
        import_model(store, tmp_path / "clip-ViT-B-32")
    with pytest.raises(ModelUnusable, match="not the model's own folder") as below:
        import_model(store, tmp_path / "clip-ViT-B-32" / "0_CLIPModel" / "onnx")
    for refused in (above, below):
        assert refused.value.remedy == f"Import {tmp_path / 'clip-ViT-B-32' / '0_CLIPModel'}."


def test_names_have_small_letters_and_no_slash(store: Store, tmp_path: Path) -> None:
    folder = made(tmp_path / "tiny", OPTIMUM)
    for name in ("A", "a/b", ".hidden", "a" * 101):
        with pytest.raises(InvalidRequest, match="cannot be called"):
            import_model(store, folder, name=name)


def test_a_folder_does_not_become_the_default_by_its_name_alone(store: Store, tmp_path: Path) -> None:
    model = import_model(store, made(tmp_path / "clip", IMMICH))
    assert (model.name, model.manifest.entry, model.manifest.licence) == ("clip", "", "unknown")


def test_the_registrys_own_files_are_known_by_their_digests(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = registry().find("clip")
    known = [
        file.model_copy(update={"sha256": described[file.path]}) if file.sha256 else file
        for described in [digests(IMMICH)]
        for file in entry.files
    ]
    pinned = entry.model_copy(update={"files": tuple(known)})
    monkeypatch.setattr("pinakes.models.store.importing.registry", lambda: Registry([pinned]))
    model = import_model(store, made(tmp_path / "ViT-B-32__laion2b-s34b-b79k", IMMICH))
    assert (model.name, model.manifest.entry) == (entry.name, entry.name)
    assert model.revision == entry.revision[:12]
    with pytest.raises(ModelUnusable, match="not the file that the registry knows"):
        folder = cached(tmp_path, IMMICH | {"visual/model.onnx": onnx(b"other")}, entry.repo)
        (folder / "snapshots" / COMMIT).rename(folder / "snapshots" / entry.revision)
        (folder / "refs" / "main").write_text(entry.revision)
        import_model(store, folder)


def digests(files: dict[str, bytes]) -> dict[str, str]:
    from hashlib import sha256

    return {path: sha256(content).hexdigest() for path, content in files.items()}


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = made(tmp_path / "tiny", OPTIMUM)
    with small_disk(tmp_path / "small", megabytes=4) as place:
        with pytest.raises(DiskFull):
            import_model(Store(place / "models"), folder)
        assert not list((place / "models" / ".incoming").iterdir())


def test_what_cannot_be_linked_is_copied(tmp_path: Path) -> None:
    folder = made(tmp_path / "tiny", OPTIMUM)
    with small_disk(tmp_path / "small", megabytes=80) as place:
        store = Store(place / "models")
        model = import_model(store, folder, link=True)
        assert store.verify(model) == []


def test_the_same_folder_again_changes_nothing_and_makes_it_current(store: Store, tmp_path: Path) -> None:
    folder = made(tmp_path / "tiny", OPTIMUM)
    first = import_model(store, folder)
    first.path.joinpath("onnx", "vision_model_int8.onnx").write_bytes(b"8")
    store.record(first, [first.path / "onnx" / "vision_model_int8.onnx"])
    other = import_model(store, made(tmp_path / "other", OPTIMUM | {"config.json": b"{  }"}), name="tiny")
    again = import_model(store, folder)
    assert (again.current, again.manifest.pulled_at) == (True, first.manifest.pulled_at)
    assert [file.path for file in again.manifest.made] == ["onnx/vision_model_int8.onnx"]
    assert len(store.installed()) == 2
    assert not store.find("tiny", other.revision).current
