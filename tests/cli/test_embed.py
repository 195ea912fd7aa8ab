import io
from pathlib import Path

import numpy as np
import pytest
from tests.commands import here
from tests.pictures import picture
from tests.stand_ins import inference_service

from pinakes.models.global_descriptor import DIMENSIONS

#: Where nothing answers.
NOWHERE = "http://127.0.0.1:9"

Capture = pytest.CaptureFixture[bytes]


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    return [picture(tmp_path / f"{name}.jpg", seed=seed) for seed, name in enumerate("ab")]


def test_json_lists_every_embedding_in_order(capfdbinary: Capture, photos: list[Path]) -> None:
    ended = here(capfdbinary, "embed", *photos, photos[0], "--mode", "local")
    assert ended.status == 0
    answer = ended.json
    assert list(answer) == [
        *("model", "revision", "preprocess", "dimensions", "used", "embeddings", "refused")
    ]
    assert (answer["used"], answer["dimensions"], answer["refused"]) == ("local", DIMENSIONS, [])
    assert [entry["path"] for entry in answer["embeddings"]] == [str(photos[n]) for n in (0, 1, 0)]
    first, second, again = (np.array(entry["embedding"]) for entry in answer["embeddings"])
    assert np.linalg.norm(first) == pytest.approx(1, abs=1e-4)
    assert (first == again).all()
    assert first @ second < 0.99
    assert "in this process (local)" in ended.stderr


def test_an_array_has_a_row_for_every_file(capfdbinary: Capture, photos: list[Path], tmp_path: Path) -> None:
    missing = tmp_path / "missing.jpg"
    ended = here(capfdbinary, "embed", photos[0], missing, photos[1], "--mode", "local", "--format", "npy")
    rows = np.load(io.BytesIO(ended.stdout), allow_pickle=False)
    assert (rows.dtype, rows.shape) == (np.float32, (3, DIMENSIONS))
    assert np.isnan(rows).all(axis=1).tolist() == [False, True, False]
    assert f"refused  {missing}  (vanished) There is no such file." in ended.stderr


def test_what_is_no_picture_is_refused_alone(
    capfdbinary: Capture, photos: list[Path], tmp_path: Path
) -> None:
    empty, text, cut = tmp_path / "empty.jpg", tmp_path / "notes.txt", tmp_path / "cut.jpg"
    empty.write_bytes(b"")
    text.write_text("not a picture")
    cut.write_bytes(photos[0].read_bytes()[:2000])
    asked = (empty, text, cut, tmp_path, tmp_path / "gone", photos[0])
    ended = here(capfdbinary, "embed", *asked, "--mode", "local")
    assert ended.status == 0
    assert [entry["path"] for entry in ended.json["embeddings"]] == [str(photos[0])]
    refused = {Path(entry["path"]): entry for entry in ended.json["refused"]}
    assert {path: entry["reason"] for path, entry in refused.items()} == {
        empty: "empty",
        text: "not-a-picture",
        cut: "truncated",
        tmp_path: "special-file",
        tmp_path / "gone": "vanished",
    }
    assert refused[tmp_path]["detail"] == "It is a folder; name the files in it."


def test_a_link_that_is_named_is_followed(capfdbinary: Capture, photos: list[Path], tmp_path: Path) -> None:
    link, loop = tmp_path / "link.jpg", tmp_path / "loop.jpg"
    link.symlink_to(photos[0])
    loop.symlink_to(loop)
    ended = here(capfdbinary, "embed", link, loop, "--mode", "local")
    assert [entry["path"] for entry in ended.json["embeddings"]] == [str(link)]
    assert [entry["path"] for entry in ended.json["refused"]] == [str(loop)]


def test_remote_and_auto_use_the_service_and_say_so(capfdbinary: Capture, photos: list[Path]) -> None:
    local = here(capfdbinary, "embed", photos[0], "--mode", "local").json
    with inference_service(model="built-in") as service:
        service.wait_until_healthy()
        for mode in ("remote", "auto"):
            ended = here(capfdbinary, "embed", photos[0], "--mode", mode, "--service-url", service.url)
            assert ended.json["used"] == "remote"
            assert f"{service.url} (remote)" in ended.stderr
            assert ended.json["embeddings"] == local["embeddings"]


def test_auto_without_a_service_does_it_here(capfdbinary: Capture, photos: list[Path]) -> None:
    ended = here(capfdbinary, "embed", photos[0], "--mode", "auto", "--service-url", NOWHERE)
    assert ended.status == 0
    assert ended.json["used"] == "local"
    assert "Went on in this process. (local)" in ended.stderr


def test_remote_without_a_service_cannot_be_done(
    capfdbinary: Capture, photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINAKES_CLIENT__RETRIES", "0")
    ended = here(capfdbinary, "embed", photos[0], "--mode", "remote", "--service-url", NOWHERE)
    assert (ended.status, ended.stdout) == (1, b"")
    assert NOWHERE in ended.stderr.splitlines()[-1]
    assert "pinakes serve inference" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--mode", "telepathy", "a.jpg"), "telepathy"),
        (("--service-url", "nonsense", "a.jpg"), "nonsense"),
        ((), "FILE"),
    ],
)
def test_wrong_usage(capfdbinary: Capture, arguments: tuple[str, ...], words: str) -> None:
    ended = here(capfdbinary, "embed", *arguments)
    assert ended.status == 2
    assert words in ended.stderr


def test_memory_is_bounded_by_batches(
    capfdbinary: Capture, photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pinakes.cli import embed
    from pinakes.core.settings import ImageLimits

    monkeypatch.setattr(embed, "MOST_FILES", 2)
    batches = list(embed._batches([str(photos[0])] * 5, ImageLimits()))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    monkeypatch.setattr(embed, "MOST_BYTES", 1)
    assert [len(batch) for batch in embed._batches([str(photos[0])] * 3, ImageLimits())] == [1, 1, 1]
