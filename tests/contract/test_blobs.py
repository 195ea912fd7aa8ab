"""What every blob store promises, run over every driver."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.waiting import PATIENCE

from pinakes.blobs.base import BlobStore
from pinakes.blobs.local import LocalBlobStore
from pinakes.blobs.memory import MemoryBlobStore
from pinakes.core.errors import InvalidRequest

DRIVERS: dict[str, Callable[[Path], BlobStore]] = {
    "local": LocalBlobStore,
    "memory": lambda _: MemoryBlobStore(),
}

KEYS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=6)
ACTS = st.lists(
    st.tuples(st.sampled_from(["put", "get", "delete"]), KEYS, st.binary(max_size=32)), max_size=30
)


@pytest.fixture(params=sorted(DRIVERS))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return DRIVERS[request.param](tmp_path / "blobs")


def test_what_was_put_is_got(store: BlobStore) -> None:
    store.put("abc123", b"bytes")
    assert store.get("abc123") == b"bytes"


def test_an_empty_blob_is_a_blob(store: BlobStore) -> None:
    store.put("abc123", b"")
    assert store.get("abc123") == b""


def test_what_is_not_there_is_none_and_may_be_deleted(store: BlobStore) -> None:
    assert store.get("abc123") is None
    store.delete("abc123")


def test_a_second_put_replaces(store: BlobStore) -> None:
    store.put("abc123", b"old")
    store.put("abc123", b"new")
    assert store.get("abc123") == b"new"


def test_a_deleted_blob_is_gone(store: BlobStore) -> None:
    store.put("abc123", b"bytes")
    store.delete("abc123")
    assert store.get("abc123") is None


@pytest.mark.parametrize(
    "key", ["", ".", "..", "../up", "a/b", "/etc/passwd", "A", "é", "a\n", "a\x00", "x" * 129]
)
def test_a_key_that_could_leave_the_store_is_refused(store: BlobStore, key: str) -> None:
    for act in (lambda: store.put(key, b""), lambda: store.get(key), lambda: store.delete(key)):
        with pytest.raises(InvalidRequest):
            act()


def test_a_reader_sees_the_whole_blob_or_none(store: BlobStore) -> None:
    blobs = (b"a" * 200_000, b"b" * 300_000)
    seen: set[bytes | None] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add(store.get("shared"))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(40):
        store.put("shared", blobs[number % 2])
    stop.set()
    reader.join(PATIENCE)
    assert seen <= {None, *blobs}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_a_store_behaves_as_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, str, bytes]]
) -> None:
    for make in DRIVERS.values():
        store, expected = make(tmp_path_factory.mktemp("blobs")), dict[str, bytes]()
        for verb, key, blob in acts:
            if verb == "put":
                store.put(key, blob)
                expected[key] = blob
            elif verb == "delete":
                store.delete(key)
                expected.pop(key, None)
            else:
                assert store.get(key) == expected.get(key)
