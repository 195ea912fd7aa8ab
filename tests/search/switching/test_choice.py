"""Which model answers: cut over and back in one step each, never to what is not there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from pinakes.core.errors import NotFound
from pinakes.db.session import open_database
from pinakes.search.switching.choice import Choice, before, chosen, forget, use


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path)
    yield engine
    engine.dispose()


def test_nothing_answers_at_first_and_there_is_no_way_back(engine: Engine) -> None:
    assert chosen(engine) == Choice(None, None)
    with pytest.raises(NotFound, match="No other model answered before"):
        before(engine)


def test_what_answered_is_kept_as_the_one_before(engine: Engine) -> None:
    assert use(engine, "first") == Choice("first", None)
    assert use(engine, "second") == Choice("second", "first")
    assert use(engine, "third") == Choice("third", "second")
    assert chosen(engine) == Choice("third", "second")


def test_going_back_twice_is_going_forth_again(engine: Engine) -> None:
    use(engine, "first")
    use(engine, "second")
    assert use(engine, before(engine)) == Choice("first", "second")
    assert use(engine, before(engine)) == Choice("second", "first")


def test_using_what_answers_already_changes_nothing(engine: Engine) -> None:
    use(engine, "first")
    use(engine, "second")
    assert use(engine, "second") == Choice("second", "first")


def test_there_is_no_way_back_to_what_was_dropped(engine: Engine) -> None:
    use(engine, "first")
    use(engine, "second")
    forget(engine, "second")
    assert chosen(engine) == Choice("second", "first")
    forget(engine, "first")
    assert chosen(engine) == Choice("second", None)
