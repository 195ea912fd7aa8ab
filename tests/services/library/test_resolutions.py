from pathlib import Path
from typing import Any

import pytest
from tests.services.library.conftest import Place
from tests.waiting import until

from pinakes.services.works import planning


@pytest.fixture
def found(place: Place) -> str:
    """A review of the folder."""
    place.scanned()
    return place.reviewed()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_a_plan_changes_nothing_the_act_does_and_undo_takes_it_back(place: Place, found: str) -> None:
    before = {name: (place.photos / name).read_bytes() for name in names(place.photos)}
    preview = place.post("/resolutions", {"review": found}).json()
    assert (preview["dry_run"], preview["report"]) == (True, None)
    (item,) = preview["plan"]["items"]
    assert item["verb"] == "trash"
    assert preview["plan"]["bytes_reclaimed"] == item["bytes"] > 0
    assert names(place.photos) == sorted(before)

    done = place.post("/resolutions", {"review": found, "dry_run": False}).json()
    assert {**done["plan"], "id": preview["plan"]["id"]} == preview["plan"]
    assert (done["report"]["done"], done["report"]["failed"]) == (1, [])
    assert not Path(item["path"]).exists()
    assert Path(item["kept"]).exists()

    (act,) = place.get("/acts").json()["acts"]
    assert (act["id"], act["actor"], act["standing"]) == (done["report"]["act"], "api", 1)
    lines = place.get("/journal", act=act["id"]).json()["lines"]
    assert "done" in {line["event"] for line in lines}
    assert place.get("/journal", before=lines[0]["line"], limit=1).json()["lines"] == lines[1:2]

    (report,) = place.post("/undo", {"acts": [act["id"]]}).json()["reports"]
    assert (report["act"], report["done"]) == (act["id"], 1)
    assert {name: (place.photos / name).read_bytes() for name in names(place.photos)} == before


def test_a_plan_of_the_whole_review_leaves_alone_what_a_person_decided(place: Place, found: str) -> None:
    (group,) = place.get(f"/reviews/{found}/groups").json()["groups"]
    done = place.post("/resolutions", {"groups": [group["id"]], "verb": "keep", "dry_run": False}).json()
    for asked in ({}, {"verb": "trash"}, {"rules": ["name"]}):
        plan = place.post("/resolutions", {"review": found, **asked}).json()["plan"]
        assert (plan["items"], plan["left"]) == ([], [])
    assert place.post(f"/reviews/{found}/rules", {"rules": ["name"]}).json()["files"] == 0
    named = place.post("/resolutions", {"groups": [group["id"]], "verb": "trash"}).json()["plan"]
    assert named["changes"] == 1, "who names a group means it"
    place.post("/undo", {"acts": [done["report"]["act"]]})
    assert place.post("/resolutions", {"review": found}).json()["plan"]["changes"] == 1


def test_very_many_groups_are_planned_by_a_job_and_done_as_it_was_shown(
    place: Place, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = place.post("/resolutions", {"review": found}).json()["plan"]
    monkeypatch.setattr(planning, "MOST_AT_ONCE", 0)
    answer = place.post("/resolutions", {"review": found})
    assert answer.status_code == 202
    assert (answer.json()["plan"], answer.json()["report"]) == (None, None)
    job = until(lambda: place.ended(answer.headers["Location"].removeprefix("/api/v1")))
    assert (job["kind"], job["state"], job["changes"], job["review"]) == ("plan", "succeeded", 1, found)

    shown = place.get(f"/plans/{job['plan']}").json()
    assert {**shown, "id": at_once["id"]} == at_once
    assert place.get(f"/plans/{job['plan']}/items").json() == {"items": shown["items"], "next": None}
    done = place.post("/resolutions", {"plan": shown["id"], "dry_run": False}).json()
    assert (done["plan"], done["report"]["done"]) == (shown, 1)
    assert not Path(shown["items"][0]["path"]).exists()


def test_very_many_groups_are_decided_by_one_job_where_no_preview_is_asked_for(
    place: Place, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = names(place.photos)
    monkeypatch.setattr(planning, "MOST_AT_ONCE", 0)
    answer = place.post("/resolutions", {"review": found, "dry_run": False}).json()
    job = until(lambda: place.ended(f"/jobs/{answer['job']['id']}"))
    assert (job["kind"], job["state"], job["resolved"], len(job["acts"])) == ("resolve", "succeeded", 1, 1)
    assert len(names(place.photos)) == len(before) - 1
    place.post("/undo", {"acts": job["acts"]})
    assert names(place.photos) == before


def test_a_job_that_cannot_plan_says_why(place: Place, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "MOST_AT_ONCE", 0)
    (group,) = place.get(f"/reviews/{found}/groups").json()["groups"]
    asked = {"groups": [group["id"]], "keep": {group["id"]: "/elsewhere.jpg"}}
    name = place.post("/resolutions", asked).json()["job"]["id"]
    job = until(lambda: place.ended(f"/jobs/{name}"))
    assert job["state"] == "failed"
    assert "cannot be kept there" in job["error"]["detail"]
    assert place.get(f"/plans/{job['plan']}").status_code == 404


def test_undo_of_nothing_in_particular_is_of_the_last_act(place: Place, found: str) -> None:
    place.post("/resolutions", {"review": found, "dry_run": False})
    assert place.post("/undo", {"acts": None}).json()["reports"][0]["done"] == 1
    assert place.post("/undo", {}).status_code == 404


def test_groups_can_be_named_and_what_to_keep_chosen(place: Place, found: str) -> None:
    (group,) = place.get(f"/reviews/{found}/groups").json()["groups"]
    other = next(asset["path"] for asset in group["assets"] if asset["path"] != group["keep"])
    asked = {"groups": [group["id"]], "verb": "trash", "keep": {group["id"]: other}}
    (item,) = place.post("/resolutions", asked).json()["plan"]["items"]
    assert (item["path"], item["kept"]) == (group["keep"], other)


def test_a_reference_folder_of_the_review_is_never_changed(place: Place) -> None:
    safe = place.photos / "safe"
    safe.mkdir()
    (place.photos / "z copy.jpg").rename(safe / "z copy.jpg")
    place.scanned()
    name = place.reviewed(references=[str(safe)])
    (group,) = place.get(f"/reviews/{name}/groups").json()["groups"]
    keep = {group["id"]: str(place.photos / "a.jpg")}
    for asked in ({"review": name}, {"groups": [group["id"]]}):
        plan = place.post("/resolutions", {**asked, "verb": "trash", "keep": keep}).json()["plan"]
        assert plan["items"] == []
        assert "reference" in next(left["reason"] for left in plan["left"] if "safe" in left["path"])


def test_a_folder_that_became_a_link_out_of_the_roots_is_not_followed(place: Place, tmp_path: Path) -> None:
    inner, outer = place.photos / "inner", tmp_path / "outer"
    inner.mkdir()
    (place.photos / "z copy.jpg").rename(inner / "z copy.jpg")
    place.scanned()
    name = place.reviewed()
    inner.rename(outer)
    inner.symlink_to(outer)
    (group,) = place.get(f"/reviews/{name}/groups").json()["groups"]
    asked = {"review": name, "verb": "trash", "keep": {group["id"]: str(place.photos / "a.jpg")}}
    response = place.post("/resolutions", {**asked, "dry_run": False})
    assert response.status_code == 403
    assert names(outer) == ["z copy.jpg"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"review": "none", "groups": ["none"]}, 400),
        ({"review": "none"}, 404),
        ({"groups": ["none"]}, 404),
        ({"review": "none", "verb": "burn"}, 422),
    ],
)
def test_malformed_decisions_are_problems(place: Place, asked: dict[str, Any], status: int) -> None:
    response = place.post("/resolutions", asked)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_an_act_that_is_not_there_cannot_be_undone(place: Place) -> None:
    assert place.post("/undo", {"acts": ["none"]}).status_code == 404
