"""The dialect of the Open Inference Protocol v2: Triton, KServe, MLServer, OpenVINO Model Server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from pinakes.clients.exchange import Dialogue, Exchange
from pinakes.clients.protocols.base import Form, Served
from pinakes.clients.protocols.foreign import Foreign, probe_picture
from pinakes.clients.protocols.oip_tensors import DTYPES, Port, output_of, port_of, request_of
from pinakes.core.errors import Forbidden, ImageRefused, InvalidRequest, NotReady
from pinakes.core.types import ModelIdentity, Refusal, Vector


class OipDialect(Foreign):
    """Implements `Dialect` over REST; pictures go as the model's metadata says.

    An input of type BYTES takes encoded files, one of UINT8 (n, side, side, 3) pixels, one of FP32 (n, 3,
    side, side) tensors that were preprocessed here.

    Args:
        where: base URL, for messages.
        model: name of the model that embeds pictures; the server's only one if None.
        text_model: name of the model that embeds words, sent as BYTES.
    """

    def __init__(self, where: str, *, model: str | None = None, text_model: str | None = None) -> None:
        super().__init__(where, "a server of the Open Inference Protocol")
        self._model = model
        self._text_model = text_model
        self._binary = False
        self._port = Port("", "", ())
        self._outputs: dict[str, Port] = {}
        self._text_ports: dict[str, Port] = {}

    def look(self) -> Dialogue[Served]:
        """See `Dialect.look`; dimensions that the metadata leaves open are learnt from a small picture."""
        server = yield Exchange("GET", "/v2")
        extensions = server.words("name").get("extensions") or []
        self._binary = any("binary" in str(extension) for extension in extensions)
        self._model = self._model or (yield from self._only_model())
        told, inputs = yield from self._described(self._model)
        port = next((port for port in inputs if "text" not in port.name.lower()), inputs[0])
        output = self._outputs[self._model]
        self._port = port
        form, side = self._form(port)
        if output.shape and output.shape[-1] > 0:
            self._dimensions = output.shape[-1]
        else:
            probe = [probe_picture()] if form == "files" else np.full([1, *_lengths(port, side)], 0.5)
            self._dimensions = len((yield from self._rows(self._model, port, probe))[0])
        return Served(self._named(told, f"oip-{form}"), (form,), side)

    def ping(self) -> Dialogue[None]:
        """See `Dialect.ping`."""
        yield Exchange("GET", "/v2/health/live")

    def embed(self, images: Sequence[bytes]) -> Dialogue[list[Vector | Refusal]]:
        """See `Dialect.embed`."""
        return list((yield from self._rows(str(self._model), self._port, images)))

    def embed_arrays(self, arrays: Sequence[NDArray[Any]]) -> Dialogue[list[Vector | Refusal]]:
        """See `Dialect.embed_arrays`."""
        return list((yield from self._rows(str(self._model), self._port, np.stack(arrays))))

    def embed_texts(self, texts: Sequence[str]) -> Dialogue[list[Vector | Refusal]]:
        """See `Dialect.embed_texts`."""
        model = self._text_model or str(self._model)
        if model not in self._text_ports:
            yield from self._described(model)
        if model not in self._text_ports:
            self._wordless("words", "Set PINAKES_CLIENT__TEXT_MODEL to the model that embeds them.")
        inputs = [text.encode() for text in texts]
        return list((yield from self._rows(model, self._text_ports[model], inputs)))

    def _only_model(self) -> Dialogue[str]:
        states = yield from self._states()
        able = [name for name, state in states.items() if state == "READY"] or list(states)
        if len(able) == 1:
            return able[0]
        named = ", ".join(sorted(states))
        has = f"has {len(states)} models: {named}" if states else "does not say what it has"
        raise InvalidRequest(
            f"The server at {self._where} {has}.",
            remedy="Set PINAKES_CLIENT__MODEL to the one that embeds pictures.",
        )

    def _states(self) -> Dialogue[dict[str, str]]:
        """Return the state of each model in the server's repository; empty where it shows none."""
        headers = {"Content-Type": "application/json"}
        try:
            reply = yield Exchange("POST", "/v2/repository/index", headers=headers, content=b"{}")
        except (Forbidden, ImageRefused, InvalidRequest):
            return {}
        entries = reply.json()
        if not isinstance(entries, list):
            raise self.violation("a repository that is no list")
        return {
            str(entry.get("name")): str(entry.get("state")) for entry in entries if isinstance(entry, dict)
        }

    def _described(self, model: str) -> Dialogue[tuple[dict[str, Any], list[Port]]]:
        """Return a model's metadata and inputs, having noted its output and its input for words."""
        try:
            reply = yield Exchange("GET", f"/v2/models/{quote(model, safe='')}")
        except ImageRefused as error:  # Triton says 400 for what it does not have, and for what it loads
            states = yield from self._states()
            if states.get(model) == "LOADING":
                raise NotReady(f"The model {model} cannot serve yet.") from error
            raise InvalidRequest(str(error), remedy="Check PINAKES_CLIENT__MODEL.") from error
        told = reply.words("inputs")
        try:
            inputs = [port_of(port) for port in told["inputs"]]
            outputs = [port_of(port) for port in told["outputs"]]
            self._outputs[model] = _embedding_among(outputs)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise self.violation("metadata without inputs and outputs") from error
        words = [port for port in inputs if port.datatype == "BYTES"]
        named = [port for port in words if "text" in port.name.lower()]
        for port in named or (words if model == self._text_model else []):
            self._text_ports[model] = port
        return told, inputs

    def _form(self, port: Port) -> tuple[Form, int | None]:
        """Return the form in which an input takes pictures, and the side that it wants."""
        match port.datatype, port.shape:
            case "BYTES", _:
                return "files", None
            case "UINT8", (_, side, width, 3) if side == width > 0:
                return "pixels", side
            case "FP32", (_, 3, side, width) if side == width > 0:
                return "tensors", side
        raise InvalidRequest(
            f"The input {port.name} of the model {self._model} is {port.datatype} {list(port.shape)}.",
            remedy="Pictures go as BYTES [n], UINT8 [n, side, side, 3] or FP32 [n, 3, side, side].",
        )

    def _named(self, told: dict[str, Any], preprocess: str) -> ModelIdentity:
        parameters = told.get("parameters") or {}
        versions = told.get("versions") or []
        said = {"revision": versions[-1]} if versions else {}
        blank = np.ones(self._dimensions or 1, dtype=np.float32)
        return self._identity(str(self._model), [blank], said | parameters, preprocess)

    def _rows(self, model: str, port: Port, values: Sequence[bytes] | NDArray[Any]) -> Dialogue[list[Vector]]:
        output = self._outputs[model]
        headers, content = request_of(port, values, output.name, binary=self._binary)
        path = f"/v2/models/{quote(model, safe='')}/infer"
        reply = yield Exchange("POST", path, self._room(len(values)), headers, content)
        try:
            numbers = output_of(reply, output.name)
        except (KeyError, TypeError, ValueError) as error:
            raise self.violation(f"an answer without the output {output.name}") from error
        return self._vectors(numbers, len(values))


def _embedding_among(outputs: Sequence[Port]) -> Port:
    """Return the output that is most likely the embedding: by its name, else the first of numbers."""
    numbers = [port for port in outputs if port.datatype in DTYPES]
    return next((port for port in numbers if "embed" in port.name.lower()), numbers[0])


def _lengths(port: Port, side: int | None) -> list[int]:
    return [length if length > 0 else side or 1 for length in port.shape[1:]]
