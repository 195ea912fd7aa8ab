"""How each server is asked for embeddings and how its answer reads: whole HTTP requests, made beforehand."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: Separates the parts of every multipart body here.
BOUNDARY = "pinakes-benchmark"

JSON = "application/json"
BYTES = "application/octet-stream"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


@dataclass(frozen=True, slots=True)
class Body:
    """What a request carries."""

    content_type: str
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wire:
    """One server's dialect.

    Attributes:
        path: of the embedding route.
        body: makes the body for one picture or, where `several`, for many.
        vectors: reads an answer's body, float32 (n, dimensions).
        headers: sent with every request.
    """

    path: str
    body: Callable[[Sequence[bytes]], Body]
    vectors: Callable[[bytes], Floats]
    several: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)

    def request(self, pictures: Sequence[bytes], **extra: str) -> bytes:
        """A whole HTTP/1.1 request on a connection that is kept; `extra` headers have `_` for `-`."""
        body = self.body(pictures)
        headers = {"Host": "127.0.0.1", "Content-Type": body.content_type, **self.headers, **body.headers}
        headers |= {name.replace("_", "-"): value for name, value in extra.items()}
        headers["Content-Length"] = str(len(body.content))
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST {self.path} HTTP/1.1\r\n{head}\r\n".encode() + body.content


def raw(pictures: Sequence[bytes]) -> Body:
    """The picture itself."""
    return Body("image/jpeg", pictures[0])


def multipart(name: str) -> Callable[[Sequence[bytes]], Body]:
    """Parts of one name, each a file."""

    def body(pictures: Sequence[bytes]) -> Body:
        head = f'Content-Disposition: form-data; name="{name}"; filename="p.jpg"\r\nContent-Type: image/jpeg'
        parts = [f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + picture + b"\r\n" for picture in pictures]
        return Body(MULTIPART, b"".join(parts) + f"--{BOUNDARY}--\r\n".encode())

    return body


def base64_json(pictures: Sequence[bytes]) -> Body:
    """`{"images": [base64, …]}`."""
    return Body(JSON, json.dumps({"images": [_text(picture) for picture in pictures]}).encode())


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _raw_or_parts(pictures: Sequence[bytes]) -> Body:
    return raw(pictures) if len(pictures) == 1 else multipart("images")(pictures)


def _open_inference_json(pictures: Sequence[bytes]) -> Body:
    tensor = {
        "name": "image", "datatype": "BYTES", "shape": [len(pictures), 1],
        "data": [_text(picture) for picture in pictures], "parameters": {"content_type": "base64"},
    }  # fmt: skip
    return Body(JSON, json.dumps({"inputs": [tensor]}).encode())


def _open_inference_binary(pictures: Sequence[bytes]) -> Body:
    content = b"".join(len(picture).to_bytes(4, "little") + picture for picture in pictures)
    size = {"binary_data_size": len(content)}
    tensor = {"name": "image", "datatype": "BYTES", "shape": [len(pictures), 1], "parameters": size}
    head = json.dumps({"inputs": [tensor], "parameters": {"binary_data_output": True}}).encode()
    return Body(BYTES, head + content, {"Inference-Header-Content-Length": str(len(head))})


def _data_uris(pictures: Sequence[bytes]) -> Body:
    asked = {
        "model": "clip", "modality": "image", "encoding_format": "base64",
        "input": [f"data:image/jpeg;base64,{_text(picture)}" for picture in pictures],
    }  # fmt: skip
    return Body(JSON, json.dumps(asked).encode())


def _floats(answer: bytes) -> Floats:
    return np.frombuffer(answer, dtype="<f4")


def _binary_tail(answer: bytes) -> Floats:
    """What follows the JSON of an Open Inference answer."""
    _, end = json.JSONDecoder().raw_decode(answer.decode("latin-1"))
    return _floats(answer[end:])


def _open_inference_vectors(answer: bytes) -> Floats:
    return np.array(json.loads(answer)["outputs"][0]["data"], dtype=np.float32)


def _openai_vectors(answer: bytes) -> Floats:
    return np.concatenate([_floats(base64.b64decode(row["embedding"])) for row in json.loads(answer)["data"]])


def _litserve_vectors(answer: bytes) -> Floats:
    return _floats(base64.b64decode(json.loads(answer)["embedding"]))


def _numbers(answer: bytes) -> Floats:
    return np.array(json.loads(answer), dtype=np.float32)


#: Each server's dialect, in the form that costs it least.
WIRES: dict[str, Wire] = {
    "pinakes": Wire("/embed", _raw_or_parts, _floats, headers={"Accept": BYTES}),
    "fastapi": Wire("/embed", raw, _floats, several=False),
    "litserve": Wire("/predict", multipart("image"), _litserve_vectors, several=False),
    "bentoml": Wire("/embed", multipart("images"), _numbers),
    "mlserver": Wire("/v2/models/clip/infer", _open_inference_json, _open_inference_vectors),
    "pytriton": Wire("/v2/models/clip/infer", _open_inference_binary, _binary_tail),
    "infinity": Wire("/embeddings", _data_uris, _openai_vectors),
}
