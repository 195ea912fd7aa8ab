from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from tests.vectors.stores import DRIVERS, TINY, Postgres, opener, points

from pinakes.vectors.base import VectorStore
from pinakes.vectors.checking import check
from pinakes.vectors.moving import compare, move

pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning"),
]


@contextmanager
def opened(driver: str, directory: Path, postgres: Postgres) -> Iterator[VectorStore]:
    store = opener(driver, directory / driver, lambda: postgres)
    yield store
    store.close()


@pytest.mark.parametrize(
    "way", [" ".join(pair) for pair in zip(DRIVERS, DRIVERS[1:] + DRIVERS[:1], strict=True)]
)
def test_a_collection_moves_from_driver_to_driver(way: str, directory: Path, postgres: Postgres) -> None:
    told: list[tuple[int, int]] = []
    with ExitStack() as stack:
        source, target = (stack.enter_context(opened(name, directory, postgres)) for name in way.split())
        kept = source.create(TINY)
        kept.upsert(points(1300, tags=("a", "b"), taken_at=0.1))
        moved = move(kept, target, lambda *done: told.append(done))
        assert compare(kept, moved, lambda *done: None).same
        assert kept.count(folders=None) == 1300
        assert told == [(1000, 1300), (1300, 1300)]
        move(kept, target, lambda *done: None)
        assert moved.count(folders=None) == 1300
        finding = check(moved, lambda *done: None)
        assert finding.sound and finding.read == 1300 and finding.recall > 0.97
