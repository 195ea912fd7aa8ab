"""What a plan may hold, whatever the groups are."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.resolving import group_of

from pinakes.core.errors import InvalidRequest, NotFound
from pinakes.core.types import Tier
from pinakes.duplicates.places import is_under_any
from pinakes.duplicates.resolution import plan
from pinakes.duplicates.resolution.plan import Plan, Verb
from pinakes.duplicates.types import Asset, DuplicateGroup, Member


def asset(name: str, content: str = "x", **facts: Any) -> Asset:
    plain = Asset(f"/p/{name}", "/p", content * 64, 100, 40, 30, "JPEG", 1, name, "1")
    return replace(plain, **facts)


def going(made: Plan) -> list[tuple[str, str]]:
    return [(item.asset.path, item.kept.path) for item in made.items]


def left(made: Plan) -> dict[str, str]:
    return {entry.path: entry.reason for entry in made.left}


A, B, C, D = (asset(name) for name in "abcd")


@pytest.mark.parametrize("tier", [Tier.BYTES, Tier.PIXELS])
def test_certain_tiers_go_to_the_trash_by_default(tier: Tier) -> None:
    members = [A, replace(B, sha256="y" * 64), replace(C, sha256="z" * 64)]
    made = plan.make([group_of("g", members, tier)])
    assert going(made) == [("/p/b", "/p/a"), ("/p/c", "/p/a")]
    assert [(item.item, item.verb, item.tier, item.group_id) for item in made.items] == [
        (1, Verb.TRASH, tier, "g"),
        (2, Verb.TRASH, tier, "g"),
    ]
    assert made.bytes_reclaimed == 200
    assert made.counts == {"trash": 2, "left": 0}


@pytest.mark.parametrize("tier", [Tier.HASH, Tier.COPY, Tier.SIMILAR])
def test_uncertain_tiers_are_left_to_be_reviewed_until_a_verb_is_given(tier: Tier) -> None:
    group = group_of("g", [A, replace(B, sha256="y" * 64)], tier)
    made = plan.make([group])
    assert made.items == ()
    assert left(made)["/p/b"].startswith("review it")
    assert going(plan.make([group], verb=Verb.TRASH)) == [("/p/b", "/p/a")]
    assert going(plan.make([group], verbs={"g": Verb.TRASH})) == [("/p/b", "/p/a")]


def test_equal_bytes_go_by_default_also_out_of_a_group_that_is_less_certain() -> None:
    group = group_of("g", [A, B, replace(C, sha256="y" * 64)], Tier.HASH)
    made = plan.make([group])
    assert going(made) == [("/p/b", "/p/a")]
    assert (made.items[0].tier, made.items[0].score, made.items[0].method) == (Tier.BYTES, 1.0, "sha256")
    assert list(left(made)) == ["/p/c"]


def test_a_verb_for_one_group_goes_before_the_verb_for_all() -> None:
    groups = [group_of("g", [A, B]), group_of("h", [C, D])]
    made = plan.make(groups, verb=Verb.HARDLINK, verbs={"h": Verb.KEEP})
    assert [item.verb for item in made.items] == [Verb.HARDLINK, Verb.KEEP]


def test_the_person_chooses_who_is_kept() -> None:
    made = plan.make([group_of("g", [A, B, C, D])], keep={"g": "/p/c"})
    assert going(made) == [("/p/a", "/p/c"), ("/p/b", "/p/c"), ("/p/d", "/p/c")]
    assert made.items[0].why == "Kept because you chose it."
    several = plan.make([group_of("g", [A, B, C, D])], keep={"g": ["/p/c", "/p/a"]})
    assert going(several) == [("/p/b", "/p/c"), ("/p/d", "/p/c")]
    assert left(several) == {"/p/a": "you chose to keep it"}


def test_the_evidence_is_between_what_goes_and_what_stays() -> None:
    members = (
        Member(A, Tier.HASH, 1.0, "kept", {}),
        Member(replace(B, sha256="y" * 64), Tier.HASH, 0.97, "hash-1", {}),
        Member(replace(C, sha256="z" * 64), Tier.COPY, 0.6, "copy-1", {}),
    )
    group = DuplicateGroup("g", Tier.COPY, A, "", members)
    told = {
        item.asset.path: (item.tier, item.score, item.method)
        for item in plan.make([group], verb=Verb.TRASH).items
    }
    assert told == {"/p/b": (Tier.HASH, 0.97, "hash-1"), "/p/c": (Tier.COPY, 0.6, "copy-1")}
    other = plan.make([group], verb=Verb.TRASH, keep={"g": "/p/b"}).items
    told = {item.asset.path: (item.tier, item.score, item.method) for item in other}
    assert told == {"/p/a": (Tier.HASH, 0.97, "hash-1"), "/p/c": (Tier.COPY, 0.6, "copy-1")}


def test_reference_folders_are_never_changed() -> None:
    group = group_of("g", [A, replace(B, path="/master/b"), C], keep=A)
    made = plan.make([group], verb=Verb.TRASH, references=["/master"])
    assert going(made) == [("/p/c", "/p/a")]
    assert "reference folder" in left(made)["/master/b"]


def test_a_group_with_only_references_beside_the_keeper_is_left() -> None:
    group = group_of("g", [A, replace(B, path="/master/b")], keep=A)
    for verb in (None, Verb.TRASH, Verb.HARDLINK, Verb.SYMLINK):
        made = plan.make([group], verb=verb, references=["/master"])
        assert made.items == ()
        assert list(left(made)) == ["/master/b"]


def test_a_reference_folder_named_through_a_link_is_still_protected(tmp_path: Path) -> None:
    (tmp_path / "master").mkdir()
    (tmp_path / "link").symlink_to("master")
    inside = replace(B, path=str(tmp_path / "master" / "b"))
    made = plan.make([group_of("g", [A, inside], keep=A)], references=[str(tmp_path / "link")])
    assert made.items == ()


def test_a_keeper_that_goes_for_another_group_is_replaced_by_a_verified_survivor() -> None:
    first = group_of("g", [A, B], keep=A)
    second = group_of("h", [B, C, D], keep=B)
    made = plan.make([first, second])
    assert going(made) == [("/p/b", "/p/a"), ("/p/d", "/p/c")]
    assert "shortest" in made.items[1].why or "alphabetical" in made.items[1].why


def test_a_survivor_alone_is_not_removed_when_its_keeper_is_gone() -> None:
    made = plan.make([group_of("g", [A, B], keep=A), group_of("h", [B, C], keep=B)])
    assert going(made) == [("/p/b", "/p/a")]


def test_what_one_group_keeps_no_other_group_removes() -> None:
    made = plan.make([group_of("g", [A, B], keep=A), group_of("h", [A, C], keep=C)])
    assert going(made) == [("/p/b", "/p/a")]
    assert "another group" in left(made)["/p/a"]


def test_what_a_person_chose_to_keep_in_a_later_group_stays_in_the_earlier_ones() -> None:
    groups = [group_of("g", [A, B], keep=A), group_of("h", [B, C], keep=C)]
    made = plan.make(groups, keep={"h": "/p/b"})
    assert going(made) == [("/p/c", "/p/b")]
    kept = plan.make(groups, verbs={"h": Verb.KEEP})
    assert [item.verb for item in kept.items] == [Verb.KEEP]


def test_two_names_of_one_file_are_nothing_to_reclaim() -> None:
    made = plan.make([group_of("g", [A, replace(B, inode="a"), C])])
    assert going(made) == [("/p/c", "/p/a")]
    assert "already the same file" in left(made)["/p/b"]


def test_a_file_with_two_names_frees_its_bytes_once_and_only_when_both_go() -> None:
    twin = replace(C, inode="b")
    assert plan.make([group_of("g", [A, B, twin])]).bytes_reclaimed == 100
    elsewhere = group_of("h", [twin, D], Tier.HASH)
    made = plan.make([group_of("g", [A, B]), elsewhere], verbs={"h": Verb.KEEP})
    assert made.bytes_reclaimed == 0


def test_hardlinks_need_equal_bytes_on_one_device() -> None:
    pixels = group_of("g", [A, replace(B, sha256="y" * 64)], Tier.PIXELS)
    assert "equal bytes" in left(plan.make([pixels], verb=Verb.HARDLINK))["/p/b"]
    apart = group_of("g", [A, replace(B, device="2")])
    assert "another device" in left(plan.make([apart], verb=Verb.HARDLINK))["/p/b"]


def test_symlinks_need_equal_pixels() -> None:
    pixels = group_of("g", [A, replace(B, sha256="y" * 64)], Tier.PIXELS)
    assert going(plan.make([pixels], verb=Verb.SYMLINK)) == [("/p/b", "/p/a")]
    alike = group_of("g", [A, replace(B, sha256="y" * 64)], Tier.HASH)
    assert "equal pixels" in left(plan.make([alike], verb=Verb.SYMLINK))["/p/b"]


@pytest.mark.parametrize("verb", [Verb.DISTINCT, Verb.STACK, Verb.KEEP])
def test_a_verdict_is_one_item_over_the_whole_group(verb: Verb) -> None:
    members = [A, replace(B, sha256="y" * 64), replace(C, sha256="z" * 64)]
    made = plan.make([group_of("g", members, Tier.COPY)], verb=verb)
    (item,) = made.items
    assert (item.verb, {item.asset, *item.others}) == (verb, set(members))
    assert made.bytes_reclaimed == 0


def test_equal_bytes_cannot_be_called_distinct_but_can_be_kept() -> None:
    group = group_of("g", [A, B])
    assert "use keep" in left(plan.make([group], verb=Verb.DISTINCT))["/p/b"]
    assert len(plan.make([group], verb=Verb.KEEP).items) == 1


def test_a_group_or_path_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFound, match="'other'"):
        plan.make([group_of("g", [A, B])], verbs={"other": Verb.KEEP})
    with pytest.raises(NotFound):
        plan.make([], keep={"g": "/p/a"})
    with pytest.raises(InvalidRequest, match="/p/c"):
        plan.make([group_of("g", [A, B])], keep={"g": "/p/c"})


everything = [
    asset(f"{place}{n}", "xyz"[n % 3], path=f"/{place}/{n}", inode=str(n % 7))
    for place in ("p", "master")
    for n in range(5)
]
groups = st.lists(
    st.tuples(
        st.lists(st.sampled_from(everything), min_size=2, max_size=6, unique_by=lambda made: made.path),
        st.sampled_from(Tier),
        st.integers(0, 5),
        st.none() | st.sampled_from(Verb),
    ),
    max_size=6,
)


@given(groups, st.none() | st.sampled_from(Verb), st.sampled_from([(), ("/master",)]))
def test_no_plan_removes_a_reference_a_keeper_or_a_file_twice(
    drawn: Sequence[tuple[list[Asset], Tier, int, Verb | None]],
    verb: Verb | None,
    references: tuple[str, ...],
) -> None:
    made = [
        group_of(str(n), members, tier, members[keep % len(members)])
        for n, (members, tier, keep, _) in enumerate(drawn)
    ]
    verbs = {str(n): said for n, (*_, said) in enumerate(drawn) if said is not None}
    result = plan.make(made, verb=verb, verbs=verbs, references=references)
    removals = [item for item in result.items if item.verb.removes]
    gone = [item.asset.path for item in removals]
    assert len(gone) == len(set(gone))
    assert [item.item for item in result.items] == list(range(1, len(result.items) + 1))
    by_id = {group.id: group for group in made}
    for item in removals:
        assert item.kept.path not in gone
        assert not is_under_any(item.asset.path, references)
        assert (item.asset.device, item.asset.inode) != (item.kept.device, item.kept.inode)
        assert {item.asset, item.kept} <= {m.asset for m in by_id[item.group_id].members}
        assert item.verb is not Verb.HARDLINK or item.asset.sha256 == item.kept.sha256
    # Every file of every group goes, is left with a reason, or is one that something was kept for.
    for group in made:
        stays = {m.asset.path for m in group.members} - set(gone)
        told = {entry.path for entry in result.left if entry.group_id == group.id}
        keepers = {item.kept.path for item in result.items if item.group_id == group.id}
        verdict = any(item.group_id == group.id and not item.verb.removes for item in result.items)
        assert verdict or len(stays - told - keepers) <= 1


def test_equal_copies_of_an_altered_picture_go_for_the_sake_of_one_of_them() -> None:
    small, again = replace(B, sha256="y" * 64, path="/p/b"), replace(C, sha256="y" * 64, path="/p/longer")
    made = plan.make([group_of("g", [A, small, again], Tier.HASH)])
    assert going(made) == [("/p/longer", "/p/b")]
    assert made.items[0].tier is Tier.BYTES
    assert left(made)["/p/b"].startswith("review it")
