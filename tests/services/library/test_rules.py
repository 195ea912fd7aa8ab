"""Keeper rules over HTTP: kept by name, tried on a review, and applied as they were tried."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.services.library.conftest import Place
from tests.waiting import until


@pytest.fixture
def review(place: Place) -> str:
    """A review of a folder in which one picture lies in three places."""
    for folder in ("Originals", "WhatsApp"):
        (place.photos / folder).mkdir()
        shutil.copy2(place.photos / "a.jpg", place.photos / folder / "a, b.jpg")
    (place.photos / "z copy.jpg").unlink()
    place.scanned()
    return place.reviewed()


def tried(place: Place, review: str, *rules: str, **more: Any) -> dict[str, Any]:
    answer = place.post(f"/reviews/{review}/rules", {"rules": list(rules), **more})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def test_sets_of_rules_are_kept_by_name(place: Place) -> None:
    known = place.get("/rules").json()
    assert known["sets"] == []
    assert {"name": "path", "pattern": "needed"}.items() <= known["known"][1].items()
    body = {"rules": [" path:/a, b ", "pixels"], "references": ["/safe"]}
    assert place.client.put("/api/v1/rules/Mine", json=body).json()["rules"] == ["path:/a, b", "pixels"]
    assert place.client.put("/api/v1/rules/Mine", json={"rules": ["no-copy"]}).status_code == 200
    (kept,) = place.get("/rules").json()["sets"]
    assert kept == {"name": "Mine", "rules": ["no-copy"], "references": []}
    assert place.client.delete("/api/v1/rules/Mine").status_code == 204
    assert place.client.delete("/api/v1/rules/Mine").status_code == 404
    for name, rules in (("Bad", ["nonsense"]), ("Bad", ["path"]), ("x" * 81, ["pixels"])):
        assert place.client.put(f"/api/v1/rules/{name}", json={"rules": rules}).status_code == 400


def test_a_preview_says_which_groups_change_and_why(place: Place, review: str) -> None:
    same = tried(place, review, "name")
    assert (same["groups"], same["looked_at"], same["changed"], same["examples"]) == (1, 1, 0, [])
    assert same["files"] == same["files_before"] == 2
    other = tried(place, review, f"path:{place.photos}/WhatsApp", "name")
    (example,) = other["examples"]
    assert other["changed"] == 1
    assert Path(example["before"]["path"]).parent == place.photos
    assert example["after"]["path"].endswith("WhatsApp/a, b.jpg")
    assert "WhatsApp" in example["why"]
    safe = tried(place, review, "name", references=[str(place.photos / "Originals")])
    assert safe["files"] == 1
    assert tried(place, review, "name", tier="similar")["groups"] == 0
    assert place.post("/reviews/nothing/rules", {"rules": ["name"]}).status_code == 404
    assert place.post(f"/reviews/{review}/rules", {"rules": ["nonsense"]}).status_code == 400


def test_rules_are_applied_as_they_were_tried(place: Place, review: str) -> None:
    rules = [f"path:{place.photos}/WhatsApp", "name"]
    asked = {
        "review": review,
        "rules": rules,
        "references": [str(place.photos / "Originals")],
        "verb": "trash",
    }
    shown = place.post("/resolutions", asked).json()["plan"]
    (item,) = shown["items"]
    assert (item["path"], item["kept"]) == (
        str(place.photos / "a.jpg"),
        str(place.photos / "WhatsApp" / "a, b.jpg"),
    )
    assert item["why"].startswith("Kept because")
    assert "reference" in shown["left"][0]["reason"]
    none = place.post("/resolutions", {**asked, "tier": "hash"}).json()["plan"]
    assert (none["changes"], none["items"]) == (0, [])


def test_a_plan_is_carried_out_as_it_was_shown(place: Place, review: str) -> None:
    shown = place.post("/resolutions", {"review": review, "limit": 1}).json()["plan"]
    assert (len(shown["items"]), shown["changes"]) == (1, 2)
    rest = place.get(f"/plans/{shown['id']}/items", cursor="1").json()
    assert (len(rest["items"]), rest["next"]) == (1, None)
    done = place.post("/resolutions", {"plan": shown["id"], "dry_run": False}).json()
    assert (done["report"]["done"], done["job"]) == (2, None)
    assert place.post("/resolutions", {"plan": "unknown"}).status_code == 404
    assert place.post("/resolutions", {"plan": shown["id"], "review": review}).status_code == 400


def test_a_plan_is_carried_out_by_a_job_when_asked_and_only_once(place: Place, review: str) -> None:
    shown = place.post("/resolutions", {"review": review}).json()["plan"]
    asked = {"plan": shown["id"], "dry_run": False, "as_job": True}
    answers = [place.post("/resolutions", asked) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {202}
    assert {answer.json()["job"]["id"] for answer in answers} == {shown["id"]}
    job = until(lambda: place.ended(f"/jobs/{shown['id']}"))
    assert (job["state"], job["resolved"], job["refused"]) == ("succeeded", 2, [])
    acts = place.get("/acts").json()["acts"]
    assert [act["id"] for act in acts] == job["acts"]
    assert place.post("/undo", {"acts": job["acts"]}).json()["reports"][0]["done"] == 2
