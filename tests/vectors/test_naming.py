import dataclasses
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.core.errors import InvalidRequest, StateUnusable
from pinakes.core.types import ModelIdentity
from pinakes.vectors.naming import (
    NAME,
    checked_name,
    collection_name,
    identity_as_json,
    identity_from_json,
)
from pinakes.vectors.points import point_id

IDENTITIES = st.builds(ModelIdentity, st.text(), st.text(), st.text(), st.integers(1, 16_000))


@given(IDENTITIES)
def test_any_model_gets_a_name_that_every_driver_takes(identity: ModelIdentity) -> None:
    name = collection_name(identity)
    assert NAME.fullmatch(checked_name(name))
    assert len(f"{name}-hnsw") <= 63, "longer names are cut by PostgreSQL"
    assert identity_from_json(name, identity_as_json(identity)) == identity


@given(IDENTITIES, st.sampled_from(["name", "revision", "preprocess", "dimensions"]))
def test_what_differs_in_anything_has_another_name(identity: ModelIdentity, field: str) -> None:
    old = getattr(identity, field)
    other = dataclasses.replace(identity, **{field: old % 16_000 + 1 if field == "dimensions" else f"{old}x"})
    assert collection_name(other) != collection_name(identity)
    with pytest.raises(StateUnusable):
        identity_from_json(collection_name(identity), identity_as_json(other))


def test_names_can_be_read() -> None:
    assert collection_name(ModelIdentity("CLIP ViT-B/32", "1", "p", 512)).startswith("clip-vit-b-32-512-")


@pytest.mark.parametrize("name", ["", "..", "a/b", ".passing-1", "A", "a" * 56, "a\n", "lock;--"])
def test_names_that_could_be_something_else_are_refused(name: str) -> None:
    with pytest.raises(InvalidRequest):
        checked_name(name)


def test_ids_never_change() -> None:
    assert point_id("ab" * 32, 7) == UUID("0c559733-0686-5b7f-91db-313174fc7a76")
    assert point_id("ab" * 32, 8) != point_id("ab" * 32, 7) != point_id("ac" * 32, 7)
