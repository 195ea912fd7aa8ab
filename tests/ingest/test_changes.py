"""The merge of walk and table: equal to comparing two dictionaries, and blind to nothing that changed."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.core.types import Reason
from pinakes.ingest.changes import LOOKED_AT_AGAIN, Change, Known, changes
from pinakes.ingest.source import Found

PATHS = st.sampled_from([f"/p/{name}" for name in "a b c d e f g a- a/1 a0 é \udcff".split()])


def status(*, size: int = 1, mtime: int = 1, inode: int = 1, device: int = 1) -> os.stat_result:
    real = Path("/").stat()
    values = list(real)[:10]
    values[1], values[2], values[6] = inode, device, size
    return os.stat_result(values, {"st_mtime_ns": mtime, "st_mtime": mtime / 1e9})


def known(path: str, **other: object) -> Known:
    given: dict[str, object] = {"bytes": 1, "mtime_ns": 1, "inode": "1", "device": "1"}
    given |= {"reason": None, "missing": False}
    return Known(os.fsencode(path), **{**given, **other})


@given(
    st.dictionaries(PATHS, st.integers(1, 2)),
    st.dictionaries(PATHS, st.tuples(st.integers(1, 2), st.booleans())),
)
def test_the_merge_equals_comparing_two_dictionaries(
    there: dict[str, int], remembered: dict[str, tuple[int, bool]]
) -> None:
    walk = [Found(os.fsencode(path), status(size=there[path])) for path in sorted(there, key=os.fsencode)]
    table = [
        known(path, bytes=remembered[path][0], missing=remembered[path][1])
        for path in sorted(remembered, key=os.fsencode)
    ]
    merged = list(changes(iter(walk), iter(table)))
    new, gone, changed, returned = set(), set(), set(), set()
    for change in merged:
        if change is None:
            continue
        path = change.found.path if change.found else os.fsdecode(change.known.path)  # type: ignore[union-attr]
        kind = new if change.known is None else gone if change.found is None else changed
        (returned if change.returned else kind).add(path)
    same = {path for path in there if path in remembered and there[path] == remembered[path][0]}
    away = {path for path, (_, missing) in remembered.items() if missing}
    assert new == set(there) - set(remembered)
    assert gone == set(remembered) - set(there)
    assert changed == {path for path in there if path in remembered} - same
    assert returned == same & away
    assert merged.count(None) == len(same - away)


@pytest.mark.parametrize(
    "other",
    [{"size": 2}, {"mtime": 2}, {"inode": 2}],
    ids=["other size", "other time", "other file at the path"],
)
def test_a_file_that_is_not_as_it_was_is_read_again(other: dict[str, int]) -> None:
    (change,) = changes([Found(b"/p/a", status(**other))], [known("/p/a")])
    assert change == Change(Found(b"/p/a", status(**other)), known("/p/a"))


def test_a_volume_mounted_again_elsewhere_is_not_read_again() -> None:
    assert list(changes([Found(b"/p/a", status(inode=9, device=2))], [known("/p/a")])) == [None]


@pytest.mark.parametrize("reason", sorted(LOOKED_AT_AGAIN))
def test_refusals_that_may_have_passed_are_looked_at_again(reason: Reason) -> None:
    (change,) = changes([Found(b"/p/a", status())], [known("/p/a", reason=reason)])
    assert change is not None


@pytest.mark.parametrize(
    "reason", [Reason.DAMAGED, Reason.EMPTY, Reason.NOT_A_PICTURE, Reason.UNSUPPORTED_FORMAT]
)
def test_refusals_that_lie_in_the_bytes_are_not(reason: Reason) -> None:
    assert list(changes([Found(b"/p/a", status())], [known("/p/a", reason=reason)])) == [None]


def test_a_link_that_stays_one_is_not_looked_at_again_and_one_that_ends_is() -> None:
    link = known("/p/a", reason=Reason.LINK)
    assert list(changes([Found(b"/p/a", status(), Reason.LINK)], [link])) == [None]
    assert list(changes([Found(b"/p/a", status())], [link])) != [None]


def test_what_is_not_at_rest_is_neither_new_nor_changed_nor_gone() -> None:
    walk = [Found(os.fsencode(f"/p/{name}"), status(size=2)) for name in "abc"]
    table = [known("/p/b"), known("/p/c"), known("/p/d")]
    found = list(changes(walk, table, at_rest=lambda one: one.path == "/p/c"))
    assert found == [None, None, Change(walk[2], table[1]), Change(None, table[2])]
