"""Small servers that conform to other people's protocols, strict about what they are sent."""

from __future__ import annotations

import base64
import json
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
from tests.waiting import PATIENCE
from tests.wire_service import DIMENSIONS, Answer, inputs_of, vector_of

#: What a picture of these bytes does: the request that holds it fails.
BROKEN = b"broken"


@dataclass
class Call:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Routes = Callable[[Call], Answer]


@contextmanager
def serving_routes(routes: Routes) -> Iterator[str]:
    """Serve from a thread on a free port; yields the base URL."""

    class One(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 2**16

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = routes(Call(self.command, self.path, headers, body))
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def do_POST(self) -> None:
            self.do_GET()

    server = ThreadingHTTPServer(("127.0.0.1", 0), One)
    server.daemon_threads, server.block_on_close = True, False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)


def said(told: object, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(told).encode(), {"Content-Type": "application/json", **headers})


@dataclass
class OipServer:
    """One model behind the Open Inference Protocol; `datatype` and `shape` are those of its input."""

    datatype: str = "BYTES"
    shape: tuple[int, ...] = (-1, 1)
    dimensions: int = DIMENSIONS
    binary: bool = True
    state: str = "READY"
    models: tuple[str, ...] = ("clip",)
    scale: float = 3.0
    calls: list[Call] = field(default_factory=list)

    def __call__(self, call: Call) -> Answer:
        self.calls.append(call)
        if call.path == "/v2":
            extensions = ["binary_tensor_data"] if self.binary else []
            return said({"name": "small", "version": "1", "extensions": extensions})
        if call.path == "/v2/repository/index":
            return said([{"name": name, "version": "1", "state": self.state} for name in self.models])
        name = call.path.split("/")[3]
        if name not in (*self.models, "words") or self.state != "READY":
            return said({"error": f"Request for unknown model: '{name}' is not found"}, 400)
        if not call.path.endswith("/infer"):
            return said(self._metadata(name))
        return self._inferred(call)

    def _metadata(self, name: str) -> dict[str, Any]:
        given = {"name": "text", "datatype": "BYTES", "shape": [-1]}
        given = (
            given
            if name == "words"
            else {"name": "image", "datatype": self.datatype, "shape": list(self.shape)}
        )
        outputs = [
            {"name": "tokens", "datatype": "INT64", "shape": [-1, 77]},
            {"name": "logits", "datatype": "FP32", "shape": [-1, 3]},
            {"name": "image_embeds", "datatype": "FP32", "shape": [-1, self.dimensions]},
        ]
        return {
            "name": name,
            "versions": ["1", "3"],
            "platform": "small",
            "inputs": [given],
            "outputs": outputs,
        }

    def _inferred(self, call: Call) -> Answer:
        length = int(call.headers.get("inference-header-content-length", len(call.body)))
        asked = json.loads(call.body[:length])
        (given,) = asked["inputs"]
        items = self._items(given, call.body[length:])
        if BROKEN in items:
            return said({"error": "cannot identify image file"}, 500)
        rows = np.stack([vector_of(item) for item in items]).astype("<f4") * np.float32(self.scale)
        (wanted,) = asked["outputs"]
        output = {"name": wanted["name"], "datatype": "FP32", "shape": list(rows.shape)}
        if not wanted.get("parameters", {}).get("binary_data"):
            return said({"model_name": "clip", "outputs": [output | {"data": rows.ravel().tolist()}]})
        output["parameters"] = {"binary_data_size": rows.nbytes}
        head = json.dumps({"model_name": "clip", "outputs": [output]}).encode()
        return Answer(200, head + rows.tobytes(), {"Inference-Header-Content-Length": str(len(head))})

    def _items(self, given: dict[str, Any], raw: bytes) -> list[bytes]:
        if "data" in given:
            assert not self.binary
            if given["datatype"] == "BYTES":
                assert given["parameters"]["content_type"] == "base64"
                return [base64.b64decode(text) for text in given["data"]]
            rows = np.asarray(given["data"], dtype={"UINT8": "u1", "FP32": "<f4"}[given["datatype"]])
            return [row.tobytes() for row in rows.reshape(given["shape"])]
        assert self.binary
        assert given["parameters"]["binary_data_size"] == len(raw)
        if given["datatype"] != "BYTES":
            size = len(raw) // given["shape"][0]
            return [raw[start : start + size] for start in range(0, len(raw), size)]
        assert given["shape"][1:] == [1] * (len(given["shape"]) - 1)
        items = []
        while raw:
            (size,) = struct.unpack("<I", raw[:4])
            items.append(raw[4 : 4 + size])
            raw = raw[4 + size :]
        assert len(items) == given["shape"][0]
        return items


@dataclass
class OpenAiServer:
    """An embeddings server that takes pictures in one form, or in none."""

    form: str = "infinity"
    prefix: str = "/v1"
    base64: bool = True
    strict: bool = True
    calls: list[Call] = field(default_factory=list)

    def __call__(self, call: Call) -> Answer:
        self.calls.append(call)
        if call.path == f"{self.prefix}/models":
            return said({"object": "list", "data": [{"id": "clip"}, {"id": "other"}]})
        if call.path != f"{self.prefix}/embeddings":
            return said({"detail": "Not Found"}, 404)
        asked = json.loads(call.body)
        items = self._items(asked)
        if isinstance(items, Answer):
            return items
        if BROKEN in items:
            return said({"error": {"message": "cannot open the picture", "code": None}}, 400)
        entries = [self._entry(index, item) for index, item in enumerate(items)]
        return said({"object": "list", "data": entries[::-1], "model": asked["model"], "usage": {}})

    def _entry(self, index: int, item: bytes) -> dict[str, object]:
        row = vector_of(item).astype("<f4") * np.float32(2)
        told = base64.b64encode(row.tobytes()).decode() if self.base64 else row.tolist()
        return {"object": "embedding", "index": index, "embedding": told}

    def _items(self, asked: dict[str, Any]) -> list[bytes] | Answer:
        unfit = said({"error": {"message": "input should be a valid string", "type": "invalid"}}, 422)
        if "messages" in asked:
            if self.form != "messages":
                return unfit
            (part,) = asked["messages"][0]["content"]
            return [_of_uri(part["image_url"]["url"])]
        given = asked["input"]
        if isinstance(given[0], dict):
            return [base64.b64decode(entry["image"]) for entry in given] if self.form == "jina" else unfit
        if asked.get("modality") == "image":
            if self.form == "infinity":
                return [_of_uri(text) for text in given]
            if self.strict:
                return unfit
        return [text.encode() for text in given]


def _of_uri(uri: str) -> bytes:
    head, _, content = uri.partition(",")
    assert head.startswith("data:")
    assert head.endswith(";base64")
    return base64.b64decode(content)


@dataclass
class RouteServer:
    """BentoML's and TorchServe's manner: a route takes pictures or words and answers with rows."""

    calls: list[Call] = field(default_factory=list)

    def __call__(self, call: Call) -> Answer:
        self.calls.append(call)
        if call.path in ("/readyz", "/ping"):
            return said({"status": "Healthy"})
        if call.path == "/embed":
            items = inputs_of(call.headers["content-type"], call.body)
            if BROKEN in items:
                return said({"error": "An unexpected error has occurred"}, 500)
            return said([vector_of(item).tolist() for item in items])
        if call.path == "/embed_texts":
            return said([vector_of(text.encode()).tolist() for text in json.loads(call.body)["texts"]])
        if call.path in ("/predictions/clip", "/predictions/words"):
            if call.body == BROKEN:
                return said({"code": 500, "type": "InternalServerException", "message": "Worker died."}, 500)
            return said({"embedding": vector_of(call.body).tolist()})
        return said(
            {"code": 404, "type": "ModelNotFoundException", "message": f"Not found: {call.path}"}, 404
        )
