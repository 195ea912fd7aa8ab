"""Pictures let go, what lies in the trash, and its emptying, over HTTP."""

import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.services.library.conftest import Place
from tests.waiting import until

from pinakes.db.tables import assets
from pinakes.services.library import acting
from pinakes.services.works import planning


@pytest.fixture
def ids(place: Place) -> dict[str, int]:
    """Assets by the names of their files."""
    place.scanned()
    return {Path(path).name: asset for path, asset in stored(place).items()}


def stored(place: Place) -> dict[str, int]:
    query = select(assets.c.path, assets.c.id).where(assets.c.outcome == "stored")
    with place.library.reading() as connection:
        return {row.path: row.id for row in connection.execute(query)}


def let_go(place: Place, *assets: int, dry_run: bool = False) -> dict[str, Any]:
    answer = place.post("/trash", {"assets": list(assets), "dry_run": dry_run})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def names(place: Place) -> set[str]:
    return {path.name for path in place.photos.iterdir() if not path.name.startswith(".")}


def test_pictures_go_to_the_trash_after_a_preview_and_come_back(place: Place, ids: dict[str, int]) -> None:
    before = names(place)
    shown = let_go(place, ids["a.jpg"], ids["b.jpg"], dry_run=True)
    assert [item["outcome"] for item in shown["items"]] == ["would_go", "would_go"]
    assert (shown["act"], shown["refused"], names(place)) == (None, 0, before)

    gone = let_go(place, ids["a.jpg"], ids["b.jpg"])
    assert [item["asset"] for item in gone["items"]] == [ids["a.jpg"], ids["b.jpg"]]
    assert {item["outcome"] for item in gone["items"]} == {"gone"}
    assert gone["bytes"] == shown["bytes"] > 0
    assert names(place) == before - {"a.jpg", "b.jpg"}

    page = place.get("/trash").json()
    assert page["total"] == {"files": 2, "bytes": gone["bytes"]}
    assert [Path(item["path"]).name for item in page["items"]] == ["a.jpg", "b.jpg"]
    assert {(item["kept"], item["tier"], item["act"]) for item in page["items"]} == {
        (None, None, gone["act"])
    }
    assert place.get(f"/contents/{page['items'][0]['sha256']}/thumbnail").status_code == 200

    (report,) = place.post("/undo", {"items": {gone["act"]: [2]}}).json()["reports"]
    assert (report["done"], names(place)) == (1, before - {"a.jpg"})
    assert [Path(item["path"]).name for item in place.get("/trash").json()["items"]] == ["a.jpg"]
    place.post("/undo", {"acts": [gone["act"]]})
    assert names(place) == before
    assert place.get("/trash").json() == {"items": [], "next": None, "total": {"files": 0, "bytes": 0}}


def test_what_is_not_what_was_scanned_is_refused_with_its_reason(place: Place, ids: dict[str, int]) -> None:
    (place.photos / "b.jpg").write_bytes(b"another picture")
    (place.photos / "z copy.jpg").unlink()
    for dry_run in (True, False):
        said = let_go(place, ids["b.jpg"], ids["z copy.jpg"], 999_999, dry_run=dry_run)
        assert (said["act"], said["refused"], said["bytes"]) == (None, 3, 0)
        reasons = [item["reason"] for item in said["items"]]
        assert "changed since it was scanned" in reasons[0]
        assert "no longer there" in reasons[1]
        assert reasons[2] == "it is no longer in the library"
    assert (place.photos / "b.jpg").read_bytes() == b"another picture"


def test_what_lies_outside_of_the_roots_is_refused(place: Place, ids: dict[str, int], tmp_path: Path) -> None:
    inner, outer = place.photos / "inner", tmp_path / "outer"
    inner.mkdir()
    (place.photos / "b.jpg").rename(inner / "b.jpg")
    place.scanned()
    inner.rename(outer)
    inner.symlink_to(outer)
    said = let_go(place, stored(place)[str(inner / "b.jpg")], dry_run=False)
    (item,) = said["items"]
    assert item["reason"] == "its folder is not among those that may be changed"
    assert (outer / "b.jpg").exists()


def test_very_many_pictures_are_planned_shown_and_let_go_by_jobs(
    place: Place, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = names(place)
    monkeypatch.setattr(planning, "MOST_AT_ONCE", 1)
    asked = [ids["a.jpg"], ids["b.jpg"], 999_999]
    answer = place.post("/trash", {"assets": asked})
    assert (answer.status_code, answer.json()["items"], answer.json()["job"]["kind"]) == (202, [], "plan")
    job = until(lambda: place.ended(f"/jobs/{answer.json()['job']['id']}"))
    shown = place.get(f"/plans/{job['plan']}").json()
    assert [Path(item["path"]).name for item in shown["items"]] == ["a.jpg", "b.jpg"]
    assert shown["left"] == [
        {"path": "picture 999999", "group": "", "reason": "it is no longer in the library"}
    ]
    assert names(place) == before
    body = {"plan": shown["id"], "dry_run": False, "as_job": True}
    name = place.post("/resolutions", body).json()["job"]["id"]
    done = until(lambda: place.ended(f"/jobs/{name}"))
    assert (done["resolved"], names(place)) == (2, before - {"a.jpg", "b.jpg"})
    place.post("/undo", {"acts": done["acts"]})
    assert names(place) == before

    name = place.post("/trash", {"assets": asked, "dry_run": False}).json()["job"]["id"]
    done = until(lambda: place.ended(f"/jobs/{name}"))
    assert (done["resolved"], names(place)) == (2, before - {"a.jpg", "b.jpg"})


def test_the_trash_is_paged_over_acts(place: Place, ids: dict[str, int]) -> None:
    acts = [let_go(place, ids[name])["act"] for name in ("a.jpg", "b.jpg", "z copy.jpg")]
    seen, cursor = [], None
    while True:
        page = place.get("/trash", limit=1, **({} if cursor is None else {"cursor": cursor})).json()
        seen += [item["act"] for item in page["items"]]
        assert (page["total"] is None) == (cursor is not None)
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == acts[::-1]
    assert place.get("/trash", cursor="nonsense").status_code == 400


def test_the_trash_is_emptied_only_of_what_was_asked(place: Place, ids: dict[str, int]) -> None:
    first = let_go(place, ids["b.jpg"])["act"]
    between = time.time()
    second = let_go(place, ids["z copy.jpg"])["act"]

    shown = place.post("/trash/purge", {"before": between}).json()
    assert (shown["dry_run"], shown["report"], shown["foresight"]["possible"]) == (True, None, 1)
    assert shown["foresight"]["acts"] == [first]
    assert place.get("/trash").json()["total"]["files"] == 2

    done = place.post("/trash/purge", {"before": between, "dry_run": False}).json()
    assert done["report"]["done"] == 1
    (left,) = place.get("/trash").json()["items"]
    assert left["act"] == second
    (emptying, *_) = place.get("/acts").json()["acts"]
    assert (emptying["verb"], emptying["done"]) == ("empty", 1)
    (refused,) = place.post("/undo", {"acts": [first], "dry_run": True}).json()["foresight"]["refused"]
    assert "deleted for good" in refused["reason"]

    assert place.post("/trash/purge", {"acts": [first], "dry_run": False}).json()["report"]["done"] == 0
    assert place.post("/trash/purge", {"acts": [second], "dry_run": False}).json()["report"]["done"] == 1


def test_the_last_copy_stays_when_what_was_kept_for_it_is_gone(place: Place) -> None:
    place.scanned()
    review = place.reviewed()
    report = place.post("/resolutions", {"review": review, "dry_run": False}).json()["report"]
    (item,) = place.get("/trash").json()["items"]
    Path(item["kept"]).unlink()
    place.scanned()
    shown = place.post("/trash/purge", {}).json()["foresight"]
    assert (shown["possible"], shown["looked_at"]) == (0, 1)
    assert "is gone" in shown["refused"][0]["reason"]
    assert place.post("/trash/purge", {"dry_run": False}).json()["report"]["done"] == 0
    assert place.post("/undo", {"acts": [report["act"]]}).json()["reports"][0]["done"] == 1


def test_much_is_emptied_by_a_job(place: Place, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    let_go(place, ids["a.jpg"], ids["b.jpg"])
    monkeypatch.setattr(acting, "MOST_AT_ONCE", 1)
    answer = place.post("/trash/purge", {"dry_run": False})
    assert answer.status_code == 202
    name = answer.json()["job"]["id"]
    job = until(lambda: place.ended(f"/jobs/{name}"))
    assert (job["state"], job["deleted"]) == ("succeeded", 2)
    assert place.get("/trash").json()["items"] == []
