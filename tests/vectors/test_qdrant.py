"""What a Qdrant server is asked, seen by a stand-in that records it, and errors in our words."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from qdrant_client import QdrantClient
from tests.vectors.stores import TINY, points
from tests.waiting import PATIENCE

from pinakes.core.errors import (
    PinakesError,
    ProtocolViolation,
    ServiceUnavailable,
    StateUnusable,
    Unauthorised,
)
from pinakes.core.filters import Not, Range
from pinakes.core.payload import PICTURES
from pinakes.core.settings import VectorSettings
from pinakes.vectors.factory import open_vectors
from pinakes.vectors.naming import collection_name, identity_as_json
from pinakes.vectors.qdrant.store import QdrantVectorStore

NAME = collection_name(TINY)


class StandIn(ThreadingHTTPServer):
    """Answers as a Qdrant server with one empty collection does, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[tuple[str, str, Any]] = []
        self.status = 200
        self.exists = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def bodies(self, end: str) -> list[Any]:
        return [body for _, path, body in self.asked if path.endswith(end)]


class Answer(BaseHTTPRequestHandler):
    server: StandIn

    def answer(self) -> None:
        length = int(self.headers.get("content-length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        path = self.path.partition("?")[0]
        self.server.asked.append((self.command, path, body))
        said = json.dumps({"result": self.result(path), "status": "ok", "time": 0.1}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def result(self, path: str) -> Any:
        if path.endswith("/exists"):
            return {"exists": self.server.exists}
        if path.endswith("/points/query"):
            return {"points": []}
        if path.endswith("/points/count"):
            return {"count": 0}
        if path.endswith("/points") or path.endswith("/index") or "/points/" in path:
            return {"operation_id": 1, "status": "completed"}
        if self.command == "PUT":
            self.server.exists = True
            return True
        return collection(self.server)

    def do_GET(self) -> None:
        self.answer()

    def do_PUT(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def log_message(self, *_: Any) -> None:
        """Nothing; tests look at `asked`."""


def collection(server: StandIn) -> dict[str, Any]:
    made = next(body for command, path, body in server.asked if command == "PUT" and path.endswith(NAME))
    config = {
        "params": {"vectors": made["vectors"]},
        "hnsw_config": {"m": 16, "ef_construct": 128, "full_scan_threshold": 10000},
        "optimizer_config": {
            **{"deleted_threshold": 0.2, "vacuum_min_vector_number": 1000},
            **{"default_segment_number": 0, "flush_interval_sec": 5},
        },
        "metadata": made.get("metadata"),
    }
    return {
        **{"status": "green", "optimizer_status": "ok", "segments_count": 1},
        **{"config": config, "payload_schema": {}},
    }


@pytest.fixture
def server() -> Iterator[StandIn]:
    running = StandIn()
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join(PATIENCE)


@pytest.fixture
def store(server: StandIn) -> Iterator[QdrantVectorStore]:
    made = open_vectors(VectorSettings(driver="qdrant", qdrant_url=server.url, int8=True), None)  # type: ignore[arg-type]
    assert isinstance(made, QdrantVectorStore)
    yield made
    made.close()


def test_a_collection_is_made_with_its_tenant_its_8_bit_copies_and_its_model(
    server: StandIn, store: QdrantVectorStore
) -> None:
    store.create(TINY)
    (made,) = [body for command, path, body in server.asked if command == "PUT" and path.endswith(NAME)]
    assert made["vectors"] == {"size": 8, "distance": "Dot"}
    assert made["hnsw_config"]["payload_m"] == 16
    assert made["quantization_config"]["scalar"]["type"] == "int8"
    assert made["metadata"] == {"pinakes": identity_as_json(TINY)}
    indexes = server.bodies("/index")
    assert indexes[0]["field_name"] == "folder" and indexes[0]["field_schema"]["is_tenant"] is True
    assert {index["field_name"] for index in indexes} == set(PICTURES.by_name)


def test_permission_and_filter_are_part_of_the_query(server: StandIn, store: QdrantVectorStore) -> None:
    made = store.create(TINY)
    made.query(points(1)[0].vector, limit=5, folders=frozenset({2, 1}), where=Not(Range("taken_at", gte=3)))
    asked = server.bodies("/points/query")
    tenant, condition = asked[0]["filter"]["must"]
    assert tenant == {"key": "folder", "match": {"any": ["1", "2"]}}
    assert condition["must_not"][0]["range"]["gte"] == 3
    assert asked[0]["params"]["quantization"] == {"ignore": False, "rescore": True, "oversampling": 2.0}
    assert asked[1]["params"]["exact"] is True, "too few hits are asked for again exactly"
    before = len(server.asked)
    assert made.query(points(1)[0].vector, limit=5, folders=frozenset()) == []
    assert len(server.asked) == before, "who may see nothing asks nothing"


def test_points_go_in_batches_and_are_waited_for(server: StandIn, store: QdrantVectorStore) -> None:
    store.create(TINY).upsert(points(600))
    sizes = [len(body["points"]) for body in server.bodies("/points")]
    assert sizes == [256, 256, 88]
    assert server.bodies("/points")[0]["points"][1]["payload"] == {"folder": "1", "asset": 1}


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (500, ServiceUnavailable),
        (503, ServiceUnavailable),
        (401, Unauthorised),
        (403, Unauthorised),
        (400, ProtocolViolation),
    ],
)
def test_refusals_come_in_our_words(
    server: StandIn, store: QdrantVectorStore, status: int, error: type[PinakesError]
) -> None:
    made = store.create(TINY)
    server.status = status
    for act in (lambda: made.count(folders=None), lambda: made.upsert(points(1)), store.collections):
        with pytest.raises(error):
            act()
    server.status = 200
    assert made.count(folders=None) == 0


def test_no_server_is_told_with_the_variable_to_set() -> None:
    client = QdrantClient(url="http://127.0.0.1:9", timeout=2, check_compatibility=False)
    store = QdrantVectorStore(client, PICTURES, oversampling=None)
    with pytest.raises(ServiceUnavailable) as told:
        store.create(TINY)
    assert "PINAKES_VECTORS__QDRANT_URL" in told.value.sentence
    store.close()


def test_a_collection_of_someone_else_is_not_ours(server: StandIn, store: QdrantVectorStore) -> None:
    store.create(TINY)
    for _, path, body in server.asked:
        if path.endswith(NAME) and body:
            body["metadata"] = None
    with pytest.raises(StateUnusable, match="whose embeddings"):
        store.open(NAME)
