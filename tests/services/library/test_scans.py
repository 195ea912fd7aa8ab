import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.pictures import encoded, shapes
from tests.services.library.conftest import Place, settings_of
from tests.stand_ins import served

from pinakes.services.jobs import following
from pinakes.services.opened import open_library
from pinakes.services.whole import build_application


def events(response: httpx.Response) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for block in response.text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((fields["event"], json.loads(fields["data"])))
    return found


def test_a_scan_is_queued_followed_and_counted(place: Place) -> None:
    response = place.post("/scans", {"folders": [str(place.photos)]})
    assert response.status_code == 202
    job = response.json()
    assert response.headers["location"] == f"/api/v1/scans/{job['id']}"
    assert job["folders"] == [str(place.photos)]
    stream = place.client.get(f"/api/v1/scans/{job['id']}/events", timeout=60)
    assert stream.headers["content-type"].startswith("text/event-stream")
    told = events(stream)
    assert [name for name, _ in told] == ["progress"] * (len(told) - 1) + ["end"]
    final = told[-1][1]
    assert final["state"] == "succeeded"
    assert final["counts"] == {"stored": 3, "skipped": 1, "refused": 1}
    assert (final["done"], final["total"]) == (5, 5)
    assert [entry["reason"] for entry in final["refused"]] == ["truncated"]
    assert place.get(f"/scans/{job['id']}").json() == final
    assert place.get("/scans").json()["scans"] == [final]


def test_no_folder_means_the_roots(place: Place) -> None:
    assert place.scanned()["counts"]["stored"] == 3


def test_patterns_leave_files_out(place: Place) -> None:
    job = place.post("/scans", {"folders": [], "exclude": ["*copy*"]}).json()
    end = place.client.get(f"/api/v1/scans/{job['id']}/events", timeout=60)
    assert events(end)[-1][1]["skipped"]["excluded"] == 1


@pytest.mark.parametrize(
    ("folder", "status", "code"),
    [
        ("/etc", 403, "forbidden"),
        ("{root}/..", 403, "forbidden"),
        ("{root}-beside", 403, "forbidden"),
        ("{root}/../state", 403, "forbidden"),
        ("{root}/link", 403, "forbidden"),
        ("{root}/nothing", 422, "folder-unreadable"),
        ("{root}/a.jpg", 422, "folder-unreadable"),
        ("photos", 400, "invalid-request"),
        ("", 400, "invalid-request"),
        ("{root}/\0", 400, "invalid-request"),
        ("/" + "x" * 5000, 403, "forbidden"),
    ],
)
def test_only_what_lies_in_the_roots_is_scanned(place: Place, folder: str, status: int, code: str) -> None:
    (place.photos / "link").symlink_to("/etc")
    response = place.post("/scans", {"folders": [folder.format(root=place.photos)]})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert place.get("/scans").json() == {"scans": []}


def test_a_folder_below_a_root_may_be_scanned(place: Place) -> None:
    below = place.photos / "below"
    below.mkdir()
    (place.photos / "a.jpg").rename(below / "a.jpg")
    assert place.scanned(below)["counts"]["stored"] == 1


def test_without_roots_nothing_is_scanned(tmp_path: Path) -> None:
    with served(build_application(open_library(settings_of(tmp_path), ()))) as client:
        for folders in ([], [str(tmp_path)]):
            response = client.post("/api/v1/scans", json={"folders": folders})
            assert response.status_code == 403
            assert "pinakes up FOLDER" in response.json()["remedy"]


def test_roots_of_the_settings_are_roots(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    library = open_library(settings_of(tmp_path, roots=(tmp_path / "photos",)), ())
    assert library.allowed([str(tmp_path / "photos")]) == (str(tmp_path / "photos"),)


def test_a_scan_can_be_cancelled_by_either_verb(place: Place) -> None:
    for index in range(2):
        for seed in range(12):  # so that the first scan has decoding processes to start and work to do
            (place.photos / f"{index}-{seed}.png").write_bytes(
                encoded(shapes(100 * index + seed, 900, 1200), "PNG")
            )
        first = place.post("/scans", {"folders": []}).json()["id"]
        waiting = place.post("/scans", {"folders": []}).json()["id"]
        path = f"/api/v1/scans/{waiting}"
        response = place.client.delete(path) if index else place.client.post(f"{path}/cancel")
        assert response.json()["state"] == "cancelled"
        place.client.get(f"/api/v1/scans/{first}/events", timeout=60)


def test_what_is_not_there_or_malformed_is_a_problem(place: Place) -> None:
    for response, status in (
        (place.get("/scans/none"), 404),
        (place.get("/scans/none/events"), 404),
        (place.post("/scans/none/cancel", {}), 404),
        (place.post("/scans", {"folders": "x"}), 422),
        (place.post("/scans", []), 422),
    ):
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"


def test_a_body_of_unknown_length_is_refused_unread(place: Place) -> None:
    response = place.client.post("/api/v1/scans", content=iter([b'{"folders": []}']))
    assert response.status_code == 400
    assert response.json()["remedy"] == "Send Content-Length."


def test_pages_of_other_sites_change_nothing(place: Place) -> None:
    for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
        response = place.client.post("/api/v1/scans", json={"folders": []}, headers=headers)
        assert response.status_code == 403


def test_names_that_are_no_utf8_can_be_said(place: Place) -> None:
    name = os.fsdecode(os.fsencode(place.photos) + b"/caf\xe9")
    Path(name).mkdir()
    (place.photos / "a.jpg").rename(f"{name}/a.jpg")
    body = json.dumps({"folders": [name]}).encode()
    response = place.client.post("/api/v1/scans", content=body, headers={"Content-Type": "application/json"})
    assert response.json()["folders"] == [name]
    final = events(place.client.get(f"/api/v1/scans/{response.json()['id']}/events", timeout=60))[-1][1]
    assert final["counts"]["stored"] == 1
    assert place.get("/assets").json()["assets"][0]["path"] == f"{name}/a.jpg"


def test_streams_are_bounded(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    job = place.scanned()
    monkeypatch.setattr(following, "MOST_FOLLOWERS", 0)
    assert place.get(f"/scans/{job['id']}/events").status_code == 429
