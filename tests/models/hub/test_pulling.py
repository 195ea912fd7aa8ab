"""Pulling: what arrives is what was published, broken downloads go on, and every failure is one sentence."""

import os
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.small_disk import small_disk
from tests.small_hub import COMMIT, Repository, SmallHub, served

from pinakes.core.errors import (
    DiskFull,
    InvalidRequest,
    ModelUnusable,
    NotFound,
    PinakesError,
    ProtocolViolation,
    ServiceUnavailable,
    Unauthorised,
)
from pinakes.core.settings import ModelSettings
from pinakes.core.types import Task
from pinakes.models.hub.hub import Hub, Patience, open_hub
from pinakes.models.hub.pulling import Progress, Pull
from pinakes.models.registry.entry import Entry, EntryFile
from pinakes.models.store.store import Installed, Store

SWIFT = Patience(connect=20.0, stall=20.0, retries=2, pause=0.01)

#: Far more than any of the bounds that are tested, on a machine however busy; far less than for ever.
AT_LAST = 60

WEIGHTS = random.Random(1).randbytes(3_000_000)

FILES = {
    "README.md": b"# A model",
    "config.json": b'{"model_type": "clip"}',
    "preprocessor_config.json": b"{}",
    "tokenizer.json": b"{}" + b" " * 1200,
    "onnx/vision_model.onnx": WEIGHTS,
    "onnx/vision_model_quantized.onnx": b"smaller" * 400,
    "onnx/text_model.onnx": WEIGHTS[:5000],
    "onnx/model.onnx": b"both" * 999,
    "pytorch_model.bin": b"pickle",
    "modeling.py": b"raise SystemExit",
}

TAKEN = {
    "config.json",
    "preprocessor_config.json",
    "tokenizer.json",
    "onnx/vision_model.onnx",
    "onnx/text_model.onnx",
}


@pytest.fixture
def hub() -> Iterator[SmallHub]:
    with served(SmallHub({"ada/tiny-clip": Repository(dict(FILES))})) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "models")


@pytest.fixture
def entry() -> Entry:
    return Entry(
        name="tiny-clip",
        family="clip",
        tasks=(Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING),
        about="A tiny one.",
        repo="ada/tiny-clip",
        licence="MIT",
        dimensions=8,
        input_side=32,
        preprocess="none",
        parameters=1000,
        languages="none",
        files=tuple(EntryFile(path=path) for path in sorted(TAKEN)),
    )


def pull(
    store: Store, hub: SmallHub, target: Entry | str = "ada/tiny-clip", *, token: str = "", **patience: float
) -> Installed:
    settings = {name: getattr(SWIFT, name) for name in SWIFT.__slots__} | patience
    return Pull(store, Hub(hub.url, patience=Patience(**settings), token=token)).run(target)


def test_a_model_arrives_whole_with_its_digests_and_without_pickles_or_code(
    store: Store, hub: SmallHub
) -> None:
    model = pull(store, hub)
    assert (model.name, model.revision, model.current) == ("tiny-clip", COMMIT[:12], True)
    here = {path.relative_to(model.path).as_posix() for path in model.path.rglob("*") if path.is_file()}
    assert here == TAKEN | {"manifest.json"}
    assert (model.path / "onnx/vision_model.onnx").read_bytes() == WEIGHTS
    assert model.manifest.source == f"{hub.url}/ada/tiny-clip@{COMMIT}"
    assert model.manifest.kind == "onnx-dual-encoder"
    assert store.verify(model) == []
    assert not [path for path in store.directory.glob(".incoming/*") if path.is_dir()]


def test_an_entry_says_which_files_are_taken(store: Store, hub: SmallHub, entry: Entry) -> None:
    model = pull(store, hub, entry)
    assert {file.path for file in model.manifest.files} == TAKEN
    assert (model.manifest.licence, model.tasks) == ("MIT", entry.tasks)


def test_a_connection_that_is_cut_is_taken_up_where_it_ended(store: Store, hub: SmallHub) -> None:
    hub.cuts = [2, 22, 500, 9999, 100, 9999, 1_000_000, 1_000_000]
    model = pull(store, hub)
    assert (model.path / "onnx/vision_model.onnx").read_bytes() == WEIGHTS
    begun = [int(asked[6:-1]) for asked in hub.ranges()]
    assert len({offset for offset in begun if offset >= 1_000_000}) == 2


def test_a_pull_that_gave_up_goes_on_the_next_time(store: Store, hub: SmallHub) -> None:
    hub.cuts = [99, 99, 9999, 9999, 2_000_000, 0, 0, 0, 0]
    with pytest.raises(ServiceUnavailable, match="broke off"):
        pull(store, hub, retries=1)
    assert store.installed() == []
    hub.cuts, hub.asked = [], []
    model = pull(store, hub)
    assert (model.path / "onnx/vision_model.onnx").read_bytes() == WEIGHTS
    assert [begun for begun in hub.ranges() if int(begun[6:-1]) >= 2_000_000]


def test_a_hub_without_ranges_sends_the_file_again(store: Store, hub: SmallHub) -> None:
    hub.ignores_ranges, hub.cuts = True, [5, 5, 500, 500, 2_500_000]
    model = pull(store, hub, retries=9)
    assert (model.path / "onnx/vision_model.onnx").read_bytes() == WEIGHTS


def test_more_on_disk_than_at_the_hub_is_fetched_anew(store: Store, hub: SmallHub) -> None:
    part = store.incoming("tiny-clip", COMMIT[:12]) / "onnx" / "vision_model.onnx.part"
    part.parent.mkdir()
    part.write_bytes(WEIGHTS + b"more")
    assert (pull(store, hub).path / "onnx/vision_model.onnx").read_bytes() == WEIGHTS


@pytest.mark.parametrize("path", ["onnx/text_model.onnx", "config.json"])
def test_wrong_bytes_are_refused_whether_large_or_small(store: Store, hub: SmallHub, path: str) -> None:
    hub.corrupt = {path}
    with pytest.raises(ModelUnusable, match=rf"{path} did not arrive .* checksum is wrong"):
        pull(store, hub)
    assert store.installed() == []
    hub.corrupt = set()
    assert store.verify(pull(store, hub)) == []


def test_the_registrys_own_digest_is_held_against_the_hubs_word(
    store: Store, hub: SmallHub, entry: Entry
) -> None:
    files = (*entry.files[1:], EntryFile(path="config.json", sha256="0" * 64))
    pinned = entry.model_copy(update={"files": files})
    with pytest.raises(ModelUnusable, match="checksum is wrong"):
        pull(store, hub, pinned)


def test_a_damaged_model_is_fetched_again_and_a_whole_one_is_not(store: Store, hub: SmallHub) -> None:
    model = pull(store, hub)
    hub.asked = []
    pull(store, hub)
    assert len(hub.asked) == 1  # the listing
    (model.path / "onnx/text_model.onnx").write_bytes(b"damage")
    assert store.verify(model) == ["onnx/text_model.onnx"]
    assert store.verify(pull(store, hub)) == []


def test_a_new_revision_is_current_and_the_old_one_stays(store: Store, hub: SmallHub) -> None:
    old = pull(store, hub)
    hub.repositories["ada/tiny-clip"] = Repository(FILES | {"config.json": b'{"a": 1}'}, commit="f" * 40)
    new = pull(store, hub)
    assert [each.revision for each in store.installed()] == [new.revision, old.revision]
    assert store.find("tiny-clip") == new
    assert (old.path / "config.json").read_bytes() == FILES["config.json"]


def test_a_pull_that_fails_leaves_the_old_revision_current(store: Store, hub: SmallHub) -> None:
    old = pull(store, hub)
    hub.repositories["ada/tiny-clip"] = Repository(FILES | {"config.json": b'{"a": 1}'}, commit="f" * 40)
    hub.corrupt = {"config.json"}
    with pytest.raises(ModelUnusable):
        pull(store, hub)
    assert store.installed() == [old]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_hub_in_trouble_is_asked_again_for_a_file(store: Store, hub: SmallHub, status: int) -> None:
    served_once = Hub(hub.url, patience=SWIFT)
    listing = served_once.listing("ada/tiny-clip", "")
    hub.statuses = [status]
    with pytest.raises(ServiceUnavailable, match=f"status {status}"):
        list(served_once.pieces(listing, "config.json", 0))
    assert [piece.content for piece in served_once.pieces(listing, "config.json", 0)] == [
        FILES["config.json"]
    ]


def test_what_the_hub_does_not_have_is_said_so(store: Store, hub: SmallHub, entry: Entry) -> None:
    with pytest.raises(NotFound, match="has no repository ada/other"):
        pull(store, hub, "ada/other")
    with pytest.raises(NotFound, match="revision"):
        pull(store, hub, entry.model_copy(update={"revision": "e" * 40}))
    lacking = entry.model_copy(update={"files": (EntryFile(path="onnx/other.onnx"),)})
    with pytest.raises(ModelUnusable, match=r"does not hold onnx/other\.onnx"):
        pull(store, hub, lacking)


def test_a_closed_repository_needs_a_token_and_gets_it(store: Store, hub: SmallHub) -> None:
    hub.repositories["ada/tiny-clip"].gated = True
    hub.repositories["ada/tiny-clip"].token = "hf_secret"
    with pytest.raises(Unauthorised, match="closed") as refused:
        pull(store, hub)
    assert "HF_TOKEN" in refused.value.remedy
    assert "hf_secret" not in refused.value.sentence
    assert pull(store, hub, token="hf_secret").current


def test_the_token_does_not_follow_files_to_another_host(store: Store, hub: SmallHub) -> None:
    hub.repositories["ada/tiny-clip"].token = "hf_secret"
    with served(SmallHub({"ada/tiny-clip": Repository(dict(FILES))})) as storage:
        hub.storage = storage.url
        assert store.verify(pull(store, hub, token="hf_secret")) == []
        assert len(storage.asked) == 3
        assert not any("authorization" in headers for _, _, headers in storage.asked)
    assert all(headers["authorization"] == "Bearer hf_secret" for _, _, headers in hub.asked)


def test_pickles_alone_make_no_model(store: Store, hub: SmallHub) -> None:
    hub.repositories["ada/old"] = Repository({"config.json": b"{}", "pytorch_model.bin": b"x" * 2000})
    with pytest.raises(ModelUnusable, match="pickles"):
        pull(store, hub, "ada/old")


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("preprocessor_config.json", b'{"image_processor_type": "Siglip2ImageProcessor"}', "NaFlex"),
        ("preprocessor_config.json", b"<html>", "damaged"),
        ("tokenizer.json", None, "lacks tokenizer.json"),
    ],
)
def test_what_cannot_be_run_is_refused_before_its_weights_are_fetched(
    store: Store, hub: SmallHub, path: str, content: bytes | None, said: str
) -> None:
    files = {name: held for name, held in FILES.items() if name != path}
    hub.repositories["ada/odd"] = Repository(files if content is None else files | {path: content})
    with pytest.raises(ModelUnusable, match=said):
        pull(store, hub, "ada/odd")
    assert not [asked for _, asked, _ in hub.asked if ".onnx" in asked]


def test_paths_that_lead_elsewhere_are_not_taken(store: Store, hub: SmallHub) -> None:
    hub.repositories["ada/sly"] = Repository(
        FILES | {"onnx/../../../evil.json": b"{}", "/etc/evil.json": b"{}"}
    )
    model = pull(store, hub, "ada/sly")
    assert {file.path for file in model.manifest.files} == TAKEN


def test_nobody_there_is_one_sentence_with_the_way_round(store: Store, hub: SmallHub) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        hub.url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(ServiceUnavailable, match="there is no connection to it") as refused:
            pull(store, hub)
    assert time.monotonic() - began < AT_LAST
    assert "pinakes models import DIR" in refused.value.remedy
    assert "\n" not in refused.value.sentence


def test_a_server_that_never_answers_is_not_waited_for_for_ever(store: Store, hub: SmallHub) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        hub.url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(ServiceUnavailable, match=r"did not answer in time|no answer within"):
            pull(store, hub, connect=0.3, stall=0.3)
    assert time.monotonic() - began < AT_LAST


def test_headers_that_come_a_byte_at_a_time_are_not_waited_for_for_ever(store: Store, hub: SmallHub) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as slow:
        threading.Thread(target=_dribble, args=(slow,), daemon=True).start()
        hub.url = f"http://127.0.0.1:{slow.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(ServiceUnavailable, match=r"did not answer in time|no answer within"):
            pull(store, hub, connect=0.4, stall=0.4)
    assert time.monotonic() - began < AT_LAST


def _dribble(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    with closing(connection):
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 200:
            try:
                connection.send(bytes([byte]))
            except OSError:
                return
            time.sleep(0.05)


@pytest.mark.parametrize("trouble", ["silent", "drip"])
def test_a_file_that_stalls_is_broken_off(store: Store, hub: SmallHub, trouble: str) -> None:
    if trouble == "silent":
        hub.silent_on = "text_model.onnx"
    else:
        hub.drip = 0.02
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable):
        pull(store, hub, connect=0.3, stall=0.3, retries=1)
    assert time.monotonic() - began < AT_LAST
    assert store.installed() == []


def test_what_is_no_hub_is_told_apart(store: Store, hub: SmallHub) -> None:
    hub.statuses = [400]
    with pytest.raises(ProtocolViolation, match="does not answer as a model hub"):
        pull(store, hub)


def test_progress_grows_to_the_whole(store: Store, hub: SmallHub) -> None:
    seen: list[Progress] = []
    hub.cuts = [500]
    Pull(store, Hub(hub.url, patience=SWIFT), watch=seen.append).run("ada/tiny-clip")
    total = sum(len(FILES[path]) for path in TAKEN)
    assert {each.total for each in seen} == {total}
    assert seen[-1].done == total
    assert [each.done for each in seen] == sorted(each.done for each in seen)


def test_a_small_disk_is_refused_before_anything_is_fetched(hub: SmallHub, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", megabytes=2) as place:
        with pytest.raises(DiskFull, match="MB are needed"):
            pull(Store(place / "models"), hub)
        assert not any(path.endswith("vision_model.onnx") for _, path, _ in hub.asked)


def test_a_disk_that_fills_up_is_said_so(
    hub: SmallHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pinakes.models.hub.pulling.require_room", lambda folder, nbytes: None)
    with small_disk(tmp_path / "small", megabytes=2) as place:
        store = Store(place / "models")
        with pytest.raises(DiskFull, match="is full"):
            pull(store, hub)
        assert store.installed() == []


@pytest.mark.parametrize("value", ["1", "true"])
def test_offline_is_offline(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", value)
    with pytest.raises(PinakesError, match="HF_HUB_OFFLINE"):
        open_hub(ModelSettings())


@pytest.mark.parametrize("address", ["huggingface.co", "ftp://hub", "nonsense"])
def test_an_address_that_is_none_is_said_so(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("HF_ENDPOINT", address)
    with pytest.raises(InvalidRequest, match=address):
        open_hub(ModelSettings())


def test_the_hub_is_told_nothing_but_what_it_must_know(
    store: Store, hub: SmallHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As it is where another library has imported the hub's first.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY", False)
    monkeypatch.setenv("AI_AGENT", "somebody")
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    Pull(store, open_hub(ModelSettings())).run("ada/tiny-clip")
    for _, _, headers in hub.asked:
        assert "authorization" not in headers
        assert headers["user-agent"].startswith("pinakes/")
        assert "torch" not in headers["user-agent"]
        assert "agent/" not in headers["user-agent"]
        assert os.environ.get("HOME", "?") not in str(headers)
