"""What a person said is remembered, and a group that was answered is not asked again."""

from itertools import combinations
from pathlib import Path

import pytest
from tests.resolving import Library, group_of

from pinakes.core.types import Tier
from pinakes.duplicates.resolution import plan, verdicts
from pinakes.duplicates.resolution.plan import Verb
from pinakes.duplicates.types import DuplicateGroup


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def group(library: Library, *contents: str, name: str = "g") -> DuplicateGroup:
    assets = [library.add(f"{name}{n}.jpg", data.encode()) for n, data in enumerate(contents)]
    return group_of(name, assets, Tier.COPY if len(set(contents)) > 1 else Tier.BYTES)


@pytest.mark.parametrize("verb", [Verb.DISTINCT, Verb.KEEP])
def test_all_pairs_of_a_group_are_remembered_until_undone(library: Library, verb: Verb) -> None:
    found = group(library, "x", "y", "z")
    library.apply(plan.make([found], verb=verb))
    said = verdicts.distinct(library.engine)
    contents = sorted(member.asset.sha256 for member in found.members)
    assert said == set(combinations(contents, 2))
    library.undo()
    assert verdicts.distinct(library.engine) == frozenset()


def test_copies_that_are_kept_side_by_side_are_remembered(library: Library) -> None:
    same, mixed = group(library, "x", "x"), group(library, "x", "x", "y", name="h")
    library.apply(plan.make([same], verb=Verb.KEEP))
    said = verdicts.distinct(library.engine)
    assert said == {(same.keep.sha256, verdicts.COPIES)}
    library.apply(plan.make([mixed], verb=Verb.KEEP))
    contents = sorted({member.asset.sha256 for member in mixed.members})
    assert verdicts.distinct(library.engine) == said | {tuple(contents)}
    library.undo()
    assert verdicts.distinct(library.engine) == said


def test_distinct_pictures_say_nothing_of_the_copies_of_one(library: Library) -> None:
    mixed = group(library, "x", "x", "y")
    library.apply(plan.make([mixed], verb=Verb.DISTINCT))
    contents = sorted({member.asset.sha256 for member in mixed.members})
    assert verdicts.distinct(library.engine) == {tuple(contents)}


def test_a_stack_takes_new_members_and_gives_them_back(library: Library) -> None:
    first, wider = group(library, "x", "y"), group(library, "x", "z", name="h")
    library.apply(plan.make([first], verb=Verb.STACK))
    ((name, members),) = verdicts.stacks(library.engine).items()
    assert len(members) == 2
    library.apply(plan.make([wider], verb=Verb.STACK))
    assert len(verdicts.stacks(library.engine)[name]) == 3
    library.undo()
    assert verdicts.stacks(library.engine) == {name: members}
    library.undo()
    assert verdicts.stacks(library.engine) == {}


def test_two_stacks_are_not_joined_by_a_third(library: Library) -> None:
    library.apply(plan.make([group(library, "a", "b"), group(library, "c", "d", name="h")], verb=Verb.STACK))
    before = verdicts.stacks(library.engine)
    report = library.apply(plan.make([group(library, "a", "c", name="i")], verb=Verb.STACK))
    assert "different stacks" in report.failed[0][1]
    assert verdicts.stacks(library.engine) == before


def test_what_was_said_twice_stands_until_the_first_is_undone(library: Library) -> None:
    found = group(library, "x", "y")
    first = library.apply(plan.make([found], verb=Verb.DISTINCT)).act
    second = library.apply(plan.make([found], verb=Verb.DISTINCT)).act
    library.undo(second)
    assert len(verdicts.distinct(library.engine)) == 1
    library.undo(first)
    assert verdicts.distinct(library.engine) == frozenset()
