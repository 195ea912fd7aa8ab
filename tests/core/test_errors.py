"""The error tree: one root, a stable code each, and sentences fit to show."""

import pytest

from pinakes.core import errors
from pinakes.core.errors import ImageRefused, NotReady, Overloaded, PinakesError


def every_class() -> list[type[PinakesError]]:
    found = [value for value in vars(errors).values() if isinstance(value, type)]
    return [kind for kind in found if issubclass(kind, PinakesError)]


def test_each_class_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in every_class()]
    assert len(codes) == len(set(codes)) > 15


@pytest.mark.parametrize("kind", [k for k in every_class() if k is not PinakesError])
def test_each_class_says_in_one_sentence_when_it_is_raised(kind: type[PinakesError]) -> None:
    first = (kind.__doc__ or "").split("\n")[0]
    assert first.startswith("Raised ")
    assert first.endswith(".")
    assert issubclass(kind, PinakesError)


def test_the_sentence_is_message_and_remedy() -> None:
    assert PinakesError("It broke.", remedy="Mend it.").sentence == "It broke. Mend it."
    assert PinakesError("It broke.").sentence == "It broke."


def test_errors_carry_their_data() -> None:
    assert ImageRefused("empty", "The file is empty.").reason == "empty"
    assert Overloaded("Too much.", retry_after=0.5).retry_after == 0.5
    assert NotReady("Loading.").retry_after == 1.0
