import time
from typing import Any

import pytest
from sqlalchemy import insert
from tests.services.library.conftest import Place

from pinakes.db.tables import assets, contents, groups, reviews


def test_a_review_is_made_stored_and_listed(ready: Place) -> None:
    name = ready.reviewed()
    found = ready.get(f"/reviews/{name}").json()
    assert found["id"] == name
    assert found["counts"]["groups"] == 1
    assert found["scope"]["folders"] == [str(ready.photos)]
    assert found["job"]["state"] == "succeeded"
    assert [review["id"] for review in ready.get("/reviews").json()["reviews"]] == [name]


def test_its_groups_say_what_is_kept_and_why(ready: Place) -> None:
    page = ready.get(f"/reviews/{ready.reviewed()}/groups").json()
    assert page["next"] is None
    (group,) = page["groups"]
    assert group["tier"] == "bytes"
    assert group["assets"][0]["path"] == group["keep"]
    assert {asset["path"] for asset in group["assets"]} == {
        str(ready.photos / "a.jpg"),
        str(ready.photos / "z copy.jpg"),
    }
    assert group["why"]
    assert ready.get(f"/groups/{group['id']}").json() == group


def test_the_same_question_keeps_its_id(ready: Place) -> None:
    assert ready.reviewed() == ready.reviewed()
    assert ready.reviewed() != ready.reviewed(preset="strict")


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"folders": ["/etc"]}, 403, "forbidden"),
        ({"references": ["/etc"]}, 403, "forbidden"),
        ({"tiers": ["smell"]}, 400, "invalid-request"),
        ({"preset": "wild"}, 400, "invalid-request"),
        ({"rules": ["beauty"]}, 400, "invalid-request"),
        ({"tiers": "bytes"}, 422, "invalid-request"),
    ],
)
def test_a_malformed_question_is_refused_at_once(
    ready: Place, asked: dict[str, Any], status: int, code: str
) -> None:
    response = ready.post("/reviews", asked)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_what_is_not_there_is_a_problem(ready: Place) -> None:
    name = ready.reviewed()
    for path, parameters, status in (
        ("/reviews/none", {}, 404),
        ("/reviews/none/groups", {}, 404),
        ("/reviews/none/events", {}, 404),
        ("/groups/none", {}, 404),
        (f"/reviews/{name}/groups", {"cursor": "x"}, 400),
        (f"/reviews/{name}/groups", {"limit": 0}, 422),
        (f"/reviews/{name}/groups", {"limit": 5000}, 422),
        (f"/reviews/{name}/groups", {"tier": "smell"}, 422),
    ):
        response = ready.get(path, **parameters)
        assert (path, response.status_code) == (path, status)
        assert response.headers["content-type"] == "application/problem+json"


#: Groups of the large review, and where pages of it are looked at: only their files are in the library.
MANY = 100_000
LOOKED_AT = (range(200), range(50_000, 50_200), range(MANY - 200, MANY))


@pytest.fixture(scope="module")
def large(ready: Place) -> str:
    """A review of a hundred thousand groups of two files each; every third of the pixels tier."""
    shape = {"format": "JPEG", "mode": "RGB", "width": 10, "height": 10, "frames": 1, "hash_quality": 0}
    facts = {"bytes": 10, "perceptual_hash": b"", "metadata_fields": 0, "metadata": {}, "prepared_by": ""}
    status = {"folder": "/large", "bytes": 10, "mtime_ns": 0, "device": "1", "seen_in": 1, "missing": False}

    def group(position: int) -> dict[str, Any]:
        tier = "pixels" if position % 3 == 0 else "bytes"
        tie = {"tier": tier, "score": 1.0, "method": "test", "detail": {}}
        members = [{"path": f"/large/{2 * position + which:07}.jpg", **tie} for which in (0, 1)]
        body = {"why": "Kept because it is the first.", "members": members}
        return {"review": "large", "position": position, "id": f"{position:016x}", "tier": tier, "body": body}

    files = [2 * position + which for places in LOOKED_AT for position in places for which in (0, 1)]
    with ready.library.engine.begin() as connection:
        connection.execute(insert(contents), [{"sha256": f"{n:064x}", **shape, **facts} for n in files])
        names = [{"path": f"/large/{n:07}.jpg", "sha256": f"{n:064x}", "inode": str(n)} for n in files]
        connection.execute(insert(assets), [{**name, **status, "outcome": "stored"} for name in names])
        scope = {"folders": ["/large"], "references": [], "rules": ["name"]}
        review = {"id": "large", "scope": scope, "made_at": time.time(), "counts": {}, "stacks": []}
        connection.execute(insert(reviews), [review])
        connection.execute(insert(groups), [{**group(n), "reclaimable": 10} for n in range(MANY)])
    return "large"


def test_a_large_review_opens_at_any_page(ready: Place, large: str) -> None:
    for cursor in (None, "50000", "99899"):
        page = ready.get(f"/reviews/{large}/groups", **({"cursor": cursor} if cursor else {})).json()
        assert len(page["groups"]) == 100
    assert page["next"] is None


def test_pages_of_one_tier_follow_one_another(ready: Place, large: str) -> None:
    first = ready.get(f"/reviews/{large}/groups", tier="pixels", limit=3).json()
    second = ready.get(f"/reviews/{large}/groups", tier="pixels", limit=3, cursor=first["next"]).json()
    ids = [int(group["id"], 16) for page in (first, second) for group in page["groups"]]
    assert ids == [0, 3, 6, 9, 12, 15]


def test_what_lies_outside_of_the_roots_is_shown_but_not_changed(ready: Place, large: str) -> None:
    response = ready.post("/resolutions", {"groups": [f"{7:016x}"], "verb": "trash"})
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
