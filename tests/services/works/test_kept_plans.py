"""Plans in the state: read as they were written, page by page, and forgotten when nobody can want them."""

import os
import time
from pathlib import Path

import pytest
from tests.resolving import Library as Files
from tests.resolving import group_of

from pinakes.core.errors import NotFound
from pinakes.duplicates.resolution import plan
from pinakes.duplicates.resolution.plan import Left, Plan, Verb
from pinakes.services.works import kept_plans, plan_files


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A plan of several portions, with a path that is no UTF-8 and files that are left alone."""
    monkeypatch.setattr(plan_files, "PORTION", 3)
    monkeypatch.setattr(plan_files, "MOST_LEFT", 2)
    files = Files(tmp_path)
    groups = []
    for n in range(7):
        pair = [files.add(f"{n}-{side}\udcff,\n.jpg", b"%d" % n) for side in "ab"]
        groups.append(group_of(f"g{n}", pair))
    stack = group_of("s", [files.add("x.jpg", b"x"), files.add("y.jpg", b"y")])
    changes = plan.make([*groups, stack], verbs={"s": Verb.STACK}, verb=Verb.TRASH)
    return Plan(changes.items, tuple(Left(f"{n}\udcfe.jpg", "g", "why") for n in range(5)), 7)


def test_a_plan_is_read_as_it_was_and_any_page_of_it(made: Plan, tmp_path: Path) -> None:
    written = kept_plans.keep(tmp_path, "a-plan", made, review="r")
    kept = kept_plans.get(tmp_path, "a-plan")
    assert kept == written
    assert (kept.changes, kept.counts["left"], kept.left, kept.review) == (8, 5, made.left[:2], "r")
    assert kept_plans.whole(tmp_path, kept).items == made.items
    for first in range(10):
        for limit in range(10):
            page = kept_plans.changes(tmp_path, kept, first, limit)
            assert tuple(page) == made.items[first : first + limit]


def test_a_plan_without_changes_is_a_plan(tmp_path: Path) -> None:
    kept = kept_plans.keep(tmp_path, "none", Plan((), (), 0))
    assert kept_plans.whole(tmp_path, kept) == Plan((), (), 0)


def test_names_lead_nowhere_else(made: Plan, tmp_path: Path) -> None:
    kept_plans.keep(tmp_path, "x", made)
    for name in ("../plans/x", "", "x\0", "no such"):
        assert kept_plans.find(tmp_path, name) is None


def test_what_is_old_is_not_carried_out_and_forgotten_unless_it_is_needed(made: Plan, tmp_path: Path) -> None:
    for name in ("needed", "old", "new"):
        kept_plans.keep(tmp_path, name, made)
    long_ago = time.time() - 2 * kept_plans.LASTING_SECONDS
    for name in ("needed", "old"):
        os.utime(tmp_path / kept_plans.DIRECTORY / f"{name}.plan", (long_ago, long_ago))
    kept_plans.forget_old(tmp_path, {"needed"})
    assert kept_plans.find(tmp_path, "old") is None
    assert kept_plans.find(tmp_path, "needed") is not None
    assert kept_plans.find(tmp_path, "new") is not None
    with pytest.raises(NotFound, match="no plan 'old' any more"):
        kept_plans.get(tmp_path, "old")


def test_a_plan_that_was_made_long_ago_is_still_what_its_job_does(
    made: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_plans.keep(tmp_path, "job", made)
    monkeypatch.setattr(kept_plans, "LASTING_SECONDS", -1.0)
    assert kept_plans.find(tmp_path, "job") is not None
    with pytest.raises(NotFound):
        kept_plans.get(tmp_path, "job")


def test_questions_are_kept_too(tmp_path: Path) -> None:
    kept_plans.ask(tmp_path, "q", {"groups": ["a", "b"], "keep": {"a": "\udcff"}})
    assert kept_plans.asked(tmp_path, "q")["keep"] == {"a": "\udcff"}
    with pytest.raises(NotFound):
        kept_plans.asked(tmp_path, "another")
