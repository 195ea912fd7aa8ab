from threading import Thread
from types import SimpleNamespace

import pytest
from tests.search.shared.conftest import World, found, later
from tests.stand_ins import CORRUPT, POISON, StandInModel
from tests.waiting import PATIENCE

from pinakes.core.errors import DeadlineExceeded, InvalidRequest, NotFound
from pinakes.core.types import Reason
from pinakes.search.shared.pictures import BATCH
from pinakes.search.shared.types import Like, Place
from pinakes.search.shared.writing import check_numbers

HERE = Place("", 1, 3)


def test_an_index_is_made_once(world: World) -> None:
    assert [world.shared.writer.create(HERE) for _ in range(2)] == [True, False]


def test_an_index_is_deleted_once_and_with_it_its_images(world: World) -> None:
    world.embed(HERE, i1="sunset")
    assert [world.shared.writer.delete(HERE) for _ in range(2)] == [True, False]
    assert world.ask("sunset", {3: 1}).missing == (3,)
    world.shared.writer.create(HERE)
    assert world.ask("sunset", {3: 1}).hits == ()


def test_images_are_embedded_into_an_index_that_need_not_be_made_before(world: World) -> None:
    report = world.embed(HERE, i10="cat", i11="sunset")
    assert report.embedded == (10, 11)
    (first, _) = world.ask("sunset", {3: 1}).hits
    assert (first.image, round(first.score, 5)) == (11, 1.0)


def test_a_bad_image_fails_alone(world: World) -> None:
    paths = {
        1: world.file("good.jpg", "good"),
        2: world.file("cut.jpg", CORRUPT),
        3: "gone.jpg",
        4: "../../../etc/passwd",
        5: world.file("poison.jpg", POISON),
        6: world.file("fine.jpg", "fine"),
    }
    report = world.shared.writer.embed(HERE, paths, until=later())
    assert report.embedded == (1, 6)
    assert {each.image: each.reason for each in report.failed} == {
        2: Reason.TRUNCATED.value,
        3: Reason.VANISHED.value,
        4: "outside-image-root",
        5: Reason.MODEL_FAILED.value,
    }
    assert all(each.detail.endswith(".") and each.path == paths[each.image] for each in report.failed)


def test_no_content_is_embedded_twice(world: World) -> None:
    world.embed(HERE, i1="same", i2="same", i3="other")
    assert sorted(world.model.seen) == [b"a picture", b"other", b"same"]
    world.model.forget()
    assert world.embed(Place("b", 9, 9), i7="same", i8="other").cached == 2
    assert world.embed(HERE, i1="same").embedded == (1,)
    assert world.model.seen == []


def test_what_is_embedded_again_is_replaced(world: World) -> None:
    world.embed(HERE, i1="cat")
    world.embed(HERE, i1="sunset")
    (hit,) = world.ask("sunset", {3: 1}).hits
    assert (hit.image, round(hit.score, 5)) == (1, 1.0)


def test_what_fails_to_be_embedded_again_stays_as_it_was(world: World) -> None:
    world.embed(HERE, i1="sunset")
    assert [each.image for each in world.embed(HERE, i1=CORRUPT.decode()).failed] == [1]
    assert found(world.ask("sunset", {3: 1})) == [(1, 3, 1)]


def test_many_images_go_in_batches(world: World) -> None:
    report = world.embed(HERE, **{f"i{number}": f"picture {number}" for number in range(2 * BATCH + 5)})
    assert len(report.embedded) == 2 * BATCH + 5
    assert max(map(len, world.model.batches)) <= BATCH
    assert len(world.ask("anything", {3: 1}).hits) == 2 * BATCH + 5


def test_time_that_ran_out_keeps_what_was_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = {number: world.file(f"{number}.jpg", f"picture {number}") for number in range(3 * BATCH)}
    with monkeypatch.context() as patch:
        clock = SimpleNamespace(monotonic=iter((0.0, 10.0)).__next__)
        patch.setattr("pinakes.search.shared.writing.time", clock)
        with pytest.raises(DeadlineExceeded, match="after 32 images"):
            world.shared.writer.embed(HERE, paths, until=5.0)
    assert len(world.ask("anything", {3: 1}).hits) == BATCH
    assert len(world.shared.writer.embed(HERE, paths, until=later()).embedded) == 3 * BATCH


def test_images_are_forgotten_and_nothing_else(world: World) -> None:
    other = Place("", 1, 4)
    world.embed(HERE, i1="one", i2="two")
    world.embed(other, i1="one")
    assert [world.shared.writer.delete_images(HERE, [1, 99]) for _ in range(2)] == [1, 0]
    assert world.shared.writer.delete_images(Place("", 7, 7), [1]) == 0
    assert sorted(found(world.ask("one", {3: 1, 4: 1}))) == [(1, 3, 2), (1, 4, 1)]


def test_embeddings_go_with_the_last_image_of_their_content(world: World) -> None:
    world.embed(HERE, i1="same", i2="lonely")
    world.embed(Place("", 1, 4), i1="same")
    world.shared.writer.delete(HERE)
    world.model.forget()
    world.embed(HERE, i1="same", i2="lonely")
    assert world.model.seen == [b"lonely"]


def test_embeddings_of_contents_that_were_replaced_go(world: World) -> None:
    world.embed(HERE, i1="private")
    world.embed(HERE, i1="public")
    world.model.forget()
    world.embed(HERE, i1="private")
    assert world.model.seen == [b"private"]


def test_an_index_that_is_deleted_meanwhile_gets_no_image(world: World) -> None:
    world.model.forget()
    world.model.gate.clear()
    failures: list[Exception] = []

    def embed() -> None:
        try:
            world.embed(HERE, i1="sunset")
        except NotFound as error:
            failures.append(error)

    thread = Thread(target=embed)
    thread.start()
    assert world.model.entered.acquire(timeout=PATIENCE)
    assert world.shared.writer.delete(HERE)
    world.shared.writer.create(HERE)
    world.model.gate.set()
    thread.join(PATIENCE)
    assert len(failures) == 1
    assert world.ask("sunset", {3: 1}).hits == ()


def test_what_a_kill_left_of_a_deleted_index_is_cleared_at_the_next_start(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.embed(HERE, i1="sunset")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pinakes.search.shared.shelf.Shelf.clear", killed)
        with pytest.raises(KeyboardInterrupt):
            world.shared.writer.delete(HERE)
    (kept,) = world.store.collections()
    assert kept.points == 1
    assert world.ask("sunset", {3: 1}).missing == (3,)
    world.shared = world.opened()
    (kept,) = world.store.collections()
    assert kept.points == 0


def test_a_kill_between_the_vectors_and_the_register_is_mended_by_the_same_request(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pinakes.search.shared.register.Register.settle", killed)
        with pytest.raises(KeyboardInterrupt):
            world.embed(HERE, i1="sunset")
    assert world.embed(HERE, i1="sunset").embedded == (1,)
    assert found(world.ask("sunset", {3: 1})) == [(1, 3, 1)]
    (kept,) = world.store.collections()
    assert kept.points == 1


def test_another_model_finds_what_it_embedded_and_says_what_it_did_not(world: World) -> None:
    world.embed(HERE, i1="sunset", i2="cat")
    world.use(StandInModel(revision="2"))
    answer = world.ask("sunset", {3: 1})
    assert answer.hits == ()
    assert any("2 images" in note and "/reindex" in note for note in answer.notes)
    assert "@2" in answer.model


def test_an_index_is_embedded_again_in_portions(world: World) -> None:
    world.embed(HERE, **{f"i{number}": f"picture {number}" for number in range(5)})
    world.embed(Place("", 1, 4), i1="elsewhere")
    (world.root / "1/3/i2.jpg").unlink()
    world.use(StandInModel(revision="2"))
    after: int | None = 0
    embedded, failed = list[int](), list[int]()
    while after is not None:
        done = world.shared.writer.reindex(HERE, after=after, limit=2, until=later())
        embedded += done.report.embedded
        failed += [each.image for each in done.report.failed]
        after = done.after
    assert (sorted(embedded), failed) == ([0, 1, 3, 4], [2])
    assert len(world.ask("x", {3: 1}).hits) == 4
    assert "1 images" in world.ask("x", {3: 1}).notes[0]
    assert sorted(kept.points for kept in world.store.collections()) == [2, 4]


def test_going_back_to_a_model_embeds_nothing_again(world: World) -> None:
    world.embed(HERE, i1="sunset")
    first = world.model
    world.use(StandInModel(revision="2"))
    world.shared.writer.reindex(HERE, after=0, limit=10, until=later())
    first.forget()
    world.use(first)
    first.forget()
    assert world.shared.writer.reindex(HERE, after=0, limit=10, until=later()).report.cached == 1
    assert first.seen == []
    assert len(world.ask("sunset", {3: 1}).hits) == 1


def test_an_index_that_is_not_there_cannot_be_embedded_again(world: World) -> None:
    with pytest.raises(NotFound, match="user 1 has no index of a folder 3"):
        world.shared.writer.reindex(HERE, after=0, limit=10, until=later())


def test_what_was_answered_is_there_after_a_restart(world: World) -> None:
    world.embed(HERE, i1="sunset")
    world.shared = world.opened()
    world.use(StandInModel())
    assert found(world.ask("sunset", {3: 1})) == [(1, 3, 1)]


def test_images_named_twice_are_refused() -> None:
    check_numbers([1, 2, 3])
    with pytest.raises(InvalidRequest, match="image 2 is named twice"):
        check_numbers([1, 2, 3, 2])


def test_largest_numbers_are_kept_exactly(world: World) -> None:
    largest = Place("", 2**63 - 1, 2**63 - 2)
    world.shared.writer.embed(largest, {2**63 - 3: world.file("a.jpg", "sunset")}, until=later())
    answer = world.ask("sunset", {2**63 - 2: 2**63 - 1})
    assert found(answer) == [(2**63 - 1, 2**63 - 2, 2**63 - 3)]


def test_like_by_number_needs_no_file(world: World) -> None:
    world.embed(HERE, i1="sunset", i2="cat")
    (world.root / "1/3/i1.jpg").unlink()
    assert found(world.ask(Like(image=1), {3: 1})) == [(1, 3, 2)]
