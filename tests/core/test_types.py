"""The values that floors hand to one another."""

import dataclasses

import pytest

from pinakes.core.types import ModelIdentity, Reason, Refusal, Tier


def test_tiers_rank_from_strongest_to_weakest() -> None:
    assert [tier.rank for tier in Tier] == [0, 1, 2, 3, 4]
    assert [str(tier) for tier in Tier] == ["bytes", "pixels", "hash", "copy", "similar"]


def test_reasons_are_words_that_a_report_can_print() -> None:
    assert all(reason.value == reason.value.lower() and " " not in reason.value for reason in Reason)


def test_a_model_key_tells_apart_what_may_not_be_compared() -> None:
    first = ModelIdentity("m", "1", "p", 4)
    others = [
        ModelIdentity("n", "1", "p", 4),
        ModelIdentity("m", "2", "p", 4),
        ModelIdentity("m", "1", "q", 4),
    ]
    assert len({first.key, *(other.key for other in others)}) == 4


def test_values_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Refusal(Reason.EMPTY, "The file is empty.").detail = "other"  # type: ignore[misc]
