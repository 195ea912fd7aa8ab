"""No telemetry by default is a law of this product; where a collector is named, traces say what happened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from PIL import Image
from tests.services.inference.openai.one_service import data_uri, service
from tests.stand_ins import CORRUPT, StandInModel
from tests.waiting import PATIENCE

from pinakes.services.http.telemetry import tracing_of

#: A trace that a caller has begun.
TRACE = "0af7651916cd43dd8448eb211c80319c"

#: Runs a service, embeds with it, and tells what was imported and which addresses were connected to.
WATCHED = """
import json, sys
asked = []
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        asked.append(str(arguments[1] if event != "socket.getaddrinfo" else arguments[0]))
sys.addaudithook(watch)
import time
from pinakes.core.settings import Settings
from pinakes.services.inference.main import build_application
from pinakes.services.chosen.offers import offers_of
from tests.stand_ins import served
settings = Settings()
with served(build_application(settings, offers_of(settings))) as client:
    while client.get("/health").status_code == 503:
        time.sleep(0.01)
    assert client.post("/embed", content=open(sys.argv[1], "rb").read()).status_code == 200
    assert client.get("/metrics").status_code == 200
imported = [name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter"))]
sys.stderr.write(json.dumps({"imported": imported, "asked": asked}))
"""


class Collector:
    """A collector of traces that keeps what it is sent."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.resources: list[dict[str, str]] = []

    def take(self, body: bytes) -> None:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            attributes = {entry.key: entry.value.string_value for entry in resource.resource.attributes}
            self.resources.append(attributes)
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)

    def named(self, name: str) -> Span:
        (span,) = [span for span in self.spans if span.name == name]
        return span


@contextmanager
def collecting() -> Iterator[tuple[Collector, str]]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            collector.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)


@pytest.fixture(scope="module")
def collected() -> Iterator[Collector]:
    """What a collector was sent of two requests, one of them refused."""
    with collecting() as (collector, url), pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        patch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")  # the framework's own traces, which stay off
        with service(StandInModel()) as client:
            pictures = [{"image": data_uri(b"%d" % number)} for number in range(5)]
            client.post(
                "/v1/embeddings?secret=query",
                json={"model": "stand-in", "input": [*pictures, {"text": "words"}]},
                headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "X-Request-Id": "the-first"},
            )
            client.post("/v1/embeddings", json={"input": [{"image": data_uri(CORRUPT)}]})
        yield collector


def attributes(span: Span) -> dict[str, object]:
    return {
        entry.key: getattr(entry.value, entry.value.WhichOneof("value") or "string_value")
        for entry in span.attributes
    }


def test_by_default_nothing_is_imported_and_nobody_is_asked(repository: Path, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    Image.new("RGB", (64, 64), "teal").save(picture)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(picture)],
        cwd=repository,
        env={**environment, "PYTHONPATH": os.pathsep.join([str(repository), str(repository / "src")])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stderr.splitlines()[-1])
    assert told["imported"] == []
    assert told["asked"]
    assert [address for address in told["asked"] if "127.0.0.1" not in address] == []


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
        {"OTEL_SERVICE_NAME": "mine"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_without_a_collector_there_are_no_traces(environment: dict[str, str]) -> None:
    assert tracing_of(environment, service="pinakes-inference") is None


def test_a_request_continues_its_callers_trace(collected: Collector) -> None:
    requests = [span for span in collected.spans if span.name == "POST /v1/embeddings"]
    (first,) = [span for span in requests if attributes(span)["pinakes.request_id"] == "the-first"]
    assert first.trace_id.hex() == TRACE
    assert first.parent_span_id.hex() == "b7ad6b7169203331"
    assert first.kind == Span.SPAN_KIND_SERVER
    assert attributes(first) == {
        "http.request.method": "POST",
        "http.route": "/v1/embeddings",
        "http.response.status_code": 200,
        "pinakes.request_id": "the-first",
    }
    statuses = [attributes(span)["http.response.status_code"] for span in requests]
    assert sorted(map(str, statuses)) == ["200", "400"]


def test_stages_stand_below_the_work_and_the_work_below_the_request(collected: Collector) -> None:
    spans = [span for span in collected.spans if span.trace_id.hex() == TRACE]
    by_id = {span.span_id: span for span in spans}
    (request,) = [span for span in spans if span.name == "POST /v1/embeddings"]
    pictures, words = (
        next(span for span in spans if span.name == name) for name in ("image-embedding", "text-embedding")
    )
    assert pictures.parent_span_id == words.parent_span_id == request.span_id
    assert attributes(pictures)["pinakes.inputs"] == 5
    stages = {span.name: span for span in spans if by_id.get(span.parent_span_id) is pictures}
    assert set(stages) == {"decode", "preprocess", "queue", "infer"}
    assert attributes(stages["decode"])["pinakes.times"] == 5
    for stage in stages.values():
        assert request.start_time_unix_nano <= stage.start_time_unix_nano + 1_000_000
        assert stage.start_time_unix_nano <= stage.end_time_unix_nano
        assert stage.end_time_unix_nano <= request.end_time_unix_nano + 1_000_000


def test_probes_leave_no_traces(collected: Collector) -> None:
    assert {span.name for span in collected.spans if span.kind == Span.SPAN_KIND_SERVER} == {
        "POST /v1/embeddings"
    }


def test_the_service_has_a_name(collected: Collector) -> None:
    assert {resource["service.name"] for resource in collected.resources} == {"pinakes-inference"}


def test_a_span_holds_nothing_of_the_contents(collected: Collector) -> None:
    for span in collected.spans:
        written = span.SerializeToString()
        assert b"words" not in written
        assert b"secret" not in written


def test_a_collector_that_is_away_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    with service(StandInModel()) as client:
        assert client.post("/v1/embeddings", json={"input": "a"}).status_code == 200
        ending = time.monotonic()
    assert time.monotonic() - ending < 30


def test_without_the_extra_the_service_says_so_and_serves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("opentelemetry.sdk")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    assert tracing_of(environment, service="pinakes-inference") is None
    assert "pip install 'pinakes[otel]'" in capsys.readouterr().out
