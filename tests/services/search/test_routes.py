import base64
import itertools
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.services.search.conftest import Service, running
from tests.stand_ins import StandInModel
from tests.waiting import PATIENCE

#: Users of their own for each test.
USERS = itertools.count(100)


@pytest.fixture
def user() -> int:
    return next(USERS)


def problem(answer: httpx.Response, status: int) -> str:
    """The sentence of an error, which has this status and is a problem."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["detail"])


def test_health_is_what_the_contract_says(service: Service) -> None:
    answer = service.client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "healthy"})


def test_an_index_is_made_and_deleted_as_often_as_one_likes(service: Service, user: int) -> None:
    index = {"user_id": user, "folder_id": 3}
    made = [service.post("/create-index", **index) for _ in range(2)]
    assert [answer.status_code for answer in made] == [200, 200]
    assert [answer.json() for answer in made] == [{**index, "created": True}, {**index, "created": False}]
    gone = [service.post("/delete-index", **index).json() for _ in range(2)]
    assert gone == [{**index, "deleted": True}, {**index, "deleted": False}]


@pytest.mark.parametrize("form", ["body", "query"])
def test_delete_takes_the_index_in_the_body_or_in_the_query(service: Service, user: int, form: str) -> None:
    index = {"user_id": user, "folder_id": 3}
    service.post("/create-index", **index)
    given: dict[str, Any] = {"json": index} if form == "body" else {"params": index}
    answer = service.client.request("DELETE", "/delete-index", **given)
    assert answer.json() == {**index, "deleted": True}


def test_a_method_that_is_not_taken_hears_which_are(service: Service) -> None:
    answer = service.client.put("/delete-index")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, DELETE")


def test_delete_without_an_index_is_refused(service: Service) -> None:
    assert "`user_id` and `folder_id`" in problem(service.client.delete("/delete-index"), 400)
    assert problem(service.client.delete("/delete-index", params={"user_id": 1}), 400)


def test_images_are_embedded_and_found_with_their_scores(service: Service, user: int) -> None:
    assert service.embed(user, 3, {10: "cat", 11: "sunset"})["embedded"] == [10, 11]
    answer = service.post(
        "/search", user_id=user, query="sunset", folder_ids=[3], folder_owner_map={"3": user}, top_k=5
    ).json()
    assert answer["results"][0] == {
        "image_id": 11,
        "folder_id": 3,
        "user_id": user,
        "score": pytest.approx(1, abs=1e-5),
    }
    assert (answer["matched"], answer["missing_folders"], answer["notes"]) == ("embedding", [], [])
    assert answer["model"].startswith("stand-in@1")


def test_a_bad_image_is_reported_and_the_others_are_embedded(service: Service, user: int) -> None:
    (service.images / "fine.jpg").write_text("fine")
    named = [
        {"image_id": 1, "file_path": "fine.jpg"},
        {"image_id": 2, "file_path": "../../../../etc/passwd"},
        {"image_id": 3, "file_path": "none.jpg"},
    ]
    answer = service.post("/embed-images", user_id=user, folder_id=1, images=named)
    assert answer.status_code == 200
    assert answer.json()["embedded"] == [1]
    assert [(each["image_id"], each["reason"]) for each in answer.json()["failed"]] == [
        (2, "outside-image-root"),
        (3, "vanished"),
    ]
    assert "etc" not in str([each["detail"] for each in answer.json()["failed"]])


def test_top_k_bounds_the_hits(service: Service, user: int) -> None:
    service.embed(user, 1, {number: f"picture {number}" for number in range(9)})
    assert len(service.found(user_id=user, query="x", folder_ids=[1])) == 5
    assert len(service.found(user_id=user, query="x", folder_ids=[1], top_k=2)) == 2


def test_a_folder_without_an_owner_in_the_map_is_the_users_own(service: Service, user: int) -> None:
    other = next(USERS)
    service.embed(user, 1, {1: "sunset"})
    service.embed(other, 1, {2: "sunset"})
    assert service.found(user_id=user, query="sunset", folder_ids=[1]) == [(user, 1, 1)]
    shared = {"user_id": user, "query": "sunset", "folder_ids": [1], "folder_owner_map": {"1": other}}
    assert service.found(**shared) == [(other, 1, 2)]


def test_the_map_alone_grants_nothing(service: Service, user: int) -> None:
    service.embed(user, 1, {1: "sunset"})
    asked = {"user_id": user, "query": "sunset", "folder_ids": [], "folder_owner_map": {"1": user}}
    assert service.found(**asked) == []


def test_a_picture_can_be_asked_for_in_three_ways(service: Service, user: int) -> None:
    service.embed(user, 1, {1: "sunset", 2: "cat"})
    folders = {"user_id": user, "folder_ids": [1]}
    encoded = base64.b64encode(b"cat").decode()
    assert service.found(image=encoded, **folders)[0] == (user, 1, 2)
    assert service.found(image_path=f"{user}/1/2.jpg", **folders)[0] == (user, 1, 2)
    assert service.found(image_id=2, **folders) == [(user, 1, 1)]


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({}, 400, "has none"),
        ({"query": "x", "image_id": 1}, 400, "`query` and `image_id`"),
        ({"query": "  "}, 400, "empty"),
        ({"query": "x" * 10_001}, 422, "query"),
        ({"query": "x", "top_k": 0}, 422, "top_k"),
        ({"query": "x", "top_k": 1001}, 422, "top_k"),
        ({"query": "x", "user_id": "1"}, 422, "user_id"),
        ({"query": "x", "user_id": True}, 422, "user_id"),
        ({"query": "x", "user_id": -1}, 422, "user_id"),
        ({"query": "x", "user_id": 2**63}, 422, "user_id"),
        ({"query": "x", "folder_ids": [1.5]}, 422, "folder_ids"),
        ({"query": "x", "folder_ids": list(range(10_001))}, 422, "folder_ids"),
        ({"query": "x", "folder_owner_map": {"03": 1}}, 422, "folder_owner_map"),
        ({"query": "x", "folder_owner_map": {"x": 1}}, 422, "folder_owner_map"),
        ({"query": "x", "folder_owner_map": {"3": None}}, 422, "folder_owner_map"),
        ({"image_path": "../x"}, 400, "out of the image root"),
        ({"image": "bm8gcGljdHVyZQ", "folder_ids": [1]}, 422, "image"),
        ({"image_id": 404}, 404, "No image 404"),
    ],
)
def test_what_cannot_be_asked_is_said(
    service: Service, asked: dict[str, Any], status: int, words: str
) -> None:
    service.embed(7, 7, {1: "x"})
    body = {"user_id": 7, "folder_ids": [7], **asked}
    assert words in problem(service.post("/search", **body), status)


def test_images_named_twice_or_too_many_are_refused(service: Service) -> None:
    twice = [{"image_id": 1, "file_path": "a"}, {"image_id": 1, "file_path": "b"}]
    answer = service.post("/embed-images", user_id=1, folder_id=1, images=twice)
    assert "named twice" in problem(answer, 400)
    many = [{"image_id": number, "file_path": "a"} for number in range(1001)]
    answer = service.post("/embed-images", user_id=1, folder_id=1, images=many)
    assert "at most 1,000" in problem(answer, 413)


def test_a_body_of_undeclared_length_is_refused(service: Service) -> None:
    answer = service.client.post(
        "/search", content=iter([b"{}"]), headers={"Content-Type": "application/json"}
    )
    assert "how long" in problem(answer, 400)


def test_images_are_forgotten(service: Service, user: int) -> None:
    service.embed(user, 1, {1: "sunset", 2: "cat"})
    answer = service.post("/delete-images", user_id=user, folder_id=1, image_ids=[1, 5])
    assert answer.json() == {"user_id": user, "folder_id": 1, "deleted": 1}
    assert service.found(user_id=user, query="sunset", folder_ids=[1]) == [(user, 1, 2)]


def test_an_index_is_embedded_again_until_next_is_null(service: Service, user: int) -> None:
    service.embed(user, 1, {1: "sunset"})
    answer = service.post("/reindex", user_id=user, folder_id=1).json()
    assert (answer["embedded"], answer["next"]) == ([], None)
    assert "no index" in problem(service.post("/reindex", user_id=user, folder_id=99), 404)


def test_metrics_count_what_was_done(service: Service, user: int) -> None:
    service.embed(user, 1, {1: "sunset"})
    told = service.client.get("/metrics").text
    assert 'pinakes_search_images_total{outcome="embedded"}' in told
    assert 'pinakes_search_requests_total{kind="embed",outcome="ok"}' in told


def test_the_description_names_every_path_and_field(service: Service) -> None:
    described = service.client.get("/openapi.json").json()
    paths = ("create-index", "embed-images", "search", "delete-index", "delete-images", "reindex", "health")
    assert set(described["paths"]) == {f"/{path}" for path in paths}
    assert set(described["paths"]["/delete-index"]) == {"post", "delete"}
    fields = described["components"]["schemas"]["SharedSearchAsked"]["properties"]
    assert {"user_id", "query", "folder_ids", "folder_owner_map", "top_k"} <= set(fields)
    assert all("description" in field for field in fields.values())


def test_backends_with_the_same_numbers_never_see_one_another(
    tmp_path: Path, backends: dict[str, tuple[str, Any]]
) -> None:
    keys = {name: key for name, (key, _) in backends.items()}
    with running(tmp_path, keys=tuple(entry for _, entry in backends.values()), api_key="one") as service:
        service.embed(1, 3, {10: "sunset"}, key=keys["python"])
        service.embed(1, 3, {10: "cat"}, key=keys["java"])
        asked = {"user_id": 1, "query": "cat", "folder_ids": [3], "folder_owner_map": {"3": 1}}
        scores = {
            name: service.post("/search", key=keys[name], **asked).json()["results"][0]["score"]
            for name in ("python", "java")
        }
        assert scores["java"] > 0.999 > scores["python"]
        assert service.found(key="one", **asked) == []
        service.post("/delete-index", key=keys["java"], user_id=1, folder_id=3)
        assert service.found(key=keys["python"], **asked) == [(1, 3, 10)]


def test_keys_are_asked_for_and_allow_what_they_say(
    tmp_path: Path, backends: dict[str, tuple[str, Any]]
) -> None:
    with running(tmp_path, keys=tuple(entry for _, entry in backends.values())) as service:
        asked = {"user_id": 1, "query": "x", "folder_ids": []}
        assert "needs a key" in problem(service.post("/search", **asked), 401)
        assert "watch" in problem(service.post("/search", key=backends["watch"][0], **asked), 403)
        metrics = {"Authorization": f"Bearer {backends['watch'][0]}"}
        assert service.client.get("/metrics", headers=metrics).status_code == 200
        assert service.client.get("/metrics").status_code == 401
        assert service.client.get("/health").status_code == 200


def test_what_is_over_its_room_is_refused_at_once_and_searches_go_on(tmp_path: Path) -> None:
    model = StandInModel()
    with running(tmp_path, model, max_writes=1) as service:
        service.embed(1, 1, {1: "sunset"})
        model.forget()
        model.gate.clear()
        embedding = threading.Thread(target=service.embed, args=(1, 1, {2: "cat"}))
        embedding.start()
        assert model.entered.acquire(timeout=PATIENCE)
        refused = service.post("/embed-images", user_id=1, folder_id=2, images=[])
        assert "1 such requests" in problem(refused, 429)
        assert refused.headers["retry-after"] == "1"
        like = {"user_id": 1, "image_id": 1, "folder_ids": [1]}
        assert service.found(**like) == []
        assert service.post("/create-index", user_id=1, folder_id=2).status_code == 200
        model.gate.set()
        embedding.join(PATIENCE)
        assert service.found(**like) == [(1, 1, 2)]
