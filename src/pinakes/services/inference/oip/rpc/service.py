"""The methods of the inference service over gRPC, thin over the engine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError

from pinakes.core.errors import DeadlineExceeded, InvalidRequest
from pinakes.core.settings import InferenceSettings
from pinakes.services.inference.asking import Terms
from pinakes.services.inference.counting import counted
from pinakes.services.inference.oip.inference import inquiry_of, off_the_loop
from pinakes.services.inference.oip.messages import InferResponse
from pinakes.services.inference.oip.metadata import model_config, model_metadata, server_metadata
from pinakes.services.inference.oip.repository import Repository
from pinakes.services.inference.oip.rpc.calls import Call, Method
from pinakes.services.inference.oip.rpc.messages import filled, message_class
from pinakes.services.inference.oip.rpc.streaming import answer_in_order
from pinakes.services.inference.oip.rpc.tensors import request_of, response_of
from pinakes.services.inference.oip.statistics import statistics_of
from pinakes.serving.catalogue import ModelState
from pinakes.serving.engine import Engine, State, Visit
from pinakes.serving.metrics import InferenceMetrics
from pinakes.serving.request import Outcome, Priority, Work

#: Paths over HTTP that want the key that a method wants; every other wants that of inference.
SAME_KEY = {
    "ServerLive": "/v2/health/live",
    "ServerReady": "/v2/health/ready",
    "RepositoryIndex": "/v2/repository/index",
    "RepositoryModelLoad": "/v2/repository/models/-/load",
    "RepositoryModelUnload": "/v2/repository/models/-/unload",
}

#: Methods that answer one stream of messages with another.
STREAMED = frozenset({"ModelStreamInfer"})

#: Answers a request message with the JSON form of its response.
Answer = Callable[[Any], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class InferenceMethods:
    """Methods over an engine; each takes and gives serialised messages."""

    engine: Engine
    limits: InferenceSettings
    metrics: InferenceMetrics

    def methods(self) -> dict[str, Method]:
        """Every method by its name; clients of those not here are told UNIMPLEMENTED."""
        plain: dict[str, Answer] = {
            "ServerLive": self._server_live,
            "ServerReady": self._server_ready,
            "ServerMetadata": self._server_metadata,
            "ModelReady": self._model_ready,
            "ModelMetadata": self._model_metadata,
            "ModelConfig": self._model_config,
            "ModelStatistics": self._model_statistics,
            "RepositoryIndex": self._index,
            "RepositoryModelLoad": self._load,
            "RepositoryModelUnload": self._unload,
        }
        answering: dict[str, Method] = {name: _method(name, answer) for name, answer in plain.items()}
        return answering | {"ModelInfer": self._infer, "ModelStreamInfer": self._stream}

    @property
    def _repository(self) -> Repository:
        return Repository(self.engine)

    async def _server_live(self, _message: Any) -> dict[str, Any]:
        return {"live": True}

    async def _server_ready(self, _message: Any) -> dict[str, Any]:
        return {"ready": self.engine.state is State.HEALTHY}

    async def _server_metadata(self, _message: Any) -> dict[str, Any]:
        return server_metadata()

    async def _model_ready(self, message: Any) -> dict[str, Any]:
        status = await self._repository.status(message.name, message.version)
        return {"ready": status.state is ModelState.READY}

    async def _model_metadata(self, message: Any) -> dict[str, Any]:
        status = await self._repository.status(message.name, message.version)
        versions = await self._repository.versions(status.offer.name)
        return model_metadata(status, self._repository.tasks(status), versions)

    async def _model_config(self, message: Any) -> dict[str, Any]:
        status = await self._repository.status(message.name, message.version)
        return {"config": model_config(status, self._repository.tasks(status), self.limits)}

    async def _model_statistics(self, message: Any) -> dict[str, Any]:
        if message.name:
            statuses = [await self._repository.status(message.name, message.version)]
        else:
            statuses = await self._repository.statuses()
        return {"model_stats": [statistics_of(status) for status in statuses]}

    async def _index(self, message: Any) -> dict[str, Any]:
        return {"models": await self._repository.index(ready=message.ready)}

    async def _load(self, message: Any) -> dict[str, Any]:
        await self._repository.load(message.model_name, dict.fromkeys(message.parameters))
        return {}

    async def _unload(self, message: Any) -> dict[str, Any]:
        await self._repository.unload(message.model_name)
        return {}

    async def _infer(self, call: Call) -> bytes:
        with counted(self.metrics, "grpc"), self.engine.enter(holder=call.holder) as visit:
            data = await call.read()
            visit.grow(len(data))
            return await self._answer(call, visit, data, _written)

    async def _stream(self, call: Call) -> None:
        async def answer(data: bytes) -> bytes:
            try:
                with counted(self.metrics, "grpc"), self.engine.enter(len(data), call.holder) as visit:
                    return await self._answer(call, visit, data, _written_in_stream)
            except Exception as error:  # of one message, which harms no other of the stream
                return _refusal(data, call.refused(error).sentence)

        await answer_in_order(call.messages, answer, call.write)

    async def _answer(
        self, call: Call, visit: Visit, data: bytes, write: Callable[[InferResponse], bytes]
    ) -> bytes:
        since = time.monotonic()
        message = await off_the_loop(len(data), _parsed, "ModelInferRequest", data)
        request = await off_the_loop(len(data), request_of, message)
        inquiry = await inquiry_of(
            request,
            self._repository,
            message.model_name,
            message.model_version,
            terms=Terms(self._seconds(call), Priority.NORMAL, call.client),
            since=since,
            limits=self.limits,
        )
        answer = inquiry.answer(await _outcomes(visit, inquiry.work))
        nbytes = sum(output.values.nbytes for output in answer.outputs)
        written = await off_the_loop(nbytes, write, answer)
        self.metrics.stage.labels("answer", "").observe(time.monotonic() - since)
        return written

    def _seconds(self, call: Call) -> float:
        """Time the call may take: the service's, or what is left of the deadline its client set."""
        left = self.limits.seconds if call.seconds_left is None else call.seconds_left
        if left <= 0:
            raise DeadlineExceeded("The call's deadline has passed.")
        return min(left, self.limits.seconds)


async def _outcomes(visit: Visit, work: Work) -> list[Outcome]:
    """Ask the engine; a call that is cancelled, or whose time runs out, frees it of the work."""
    try:
        return await asyncio.wait_for(asyncio.wrap_future(visit.submit(work)), work.seconds)
    except TimeoutError as error:
        raise DeadlineExceeded(f"The request was not answered within {work.seconds:.3g} s.") from error


def _method(name: str, answer: Answer) -> Method:
    async def method(call: Call) -> bytes:
        content = await answer(_parsed(f"{name}Request", await call.read()))
        written: bytes = filled(f"{name}Response", content).SerializeToString()
        return written

    return method


def _parsed(name: str, data: bytes) -> Any:
    try:
        return message_class(name).FromString(data)
    except DecodeError as error:
        raise InvalidRequest(f"The message is no {name}.") from error


def _written(answer: InferResponse) -> bytes:
    written: bytes = response_of(answer).SerializeToString()
    return written


def _written_in_stream(answer: InferResponse) -> bytes:
    message = message_class("ModelStreamInferResponse")(infer_response=response_of(answer))
    written: bytes = message.SerializeToString()
    return written


def _refusal(data: bytes, sentence: str) -> bytes:
    """An error in a stream, which bears the request's id as far as that can be read."""
    message = message_class("ModelStreamInferResponse")(error_message=sentence)
    with suppress(InvalidRequest):
        message.infer_response.id = _parsed("ModelInferRequest", data).id
    written: bytes = message.SerializeToString()
    return written
