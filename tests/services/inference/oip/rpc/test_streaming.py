"""A stream of requests over gRPC: answered in order, batched, bounded, and ended without harm to others."""

import asyncio
import queue
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from tests.services.inference.oip.rpc.test_server import SERVICE, channel, code, words
from tests.services.inference.oip.serving import gated, service
from tests.stand_ins import POISON, StandInModel, vector_of
from tests.waiting import PATIENCE

from pinakes.services.inference.oip.rpc.messages import message_class
from pinakes.services.inference.oip.rpc.streaming import AHEAD, answer_in_order
from pinakes.services.inference.oip.tensors import DTYPES


class Stream:
    """One stream of a client that sends when it likes."""

    def __init__(self, opened: grpc.Channel, **options: Any) -> None:
        self._sent: queue.Queue[Any] = queue.Queue()
        stream = opened.stream_stream(
            SERVICE + "ModelStreamInfer",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=message_class("ModelStreamInferResponse").FromString,
        )
        self.answers = stream(iter(self._sent.get, None), **options)

    def send(self, text: str, **fields: Any) -> None:
        request = words(text, **fields)
        request.id = text
        self._sent.put(request)

    def end(self) -> None:
        self._sent.put(None)


def row(answer: Any) -> bytes:
    raw: bytes = answer.infer_response.raw_output_contents[0]
    return raw


def test_requests_are_answered_one_by_one_and_in_order() -> None:
    with service() as running, channel(running) as opened:
        stream = Stream(opened, timeout=PATIENCE)
        for text in ("first", "second", "third"):
            stream.send(text)
            answer = next(stream.answers)
            assert (answer.infer_response.id, answer.error_message) == (text, "")
            assert row(answer) == vector_of(text.encode()).astype(DTYPES["FP32"]).tobytes()
        stream.end()
        assert list(stream.answers) == []
        assert stream.answers.code() is grpc.StatusCode.OK


def test_one_that_fails_is_told_in_its_turn_and_harms_no_other() -> None:
    with service() as running, channel(running) as opened:
        stream = Stream(opened, timeout=PATIENCE)
        stream.send("good")
        stream.send("lost", model="other")
        stream.send(POISON.decode())
        stream.send("good again")
        stream.end()
        answers = list(stream.answers)
        assert [answer.infer_response.id for answer in answers] == ["good", "lost", "poison", "good again"]
        told = [answer.error_message for answer in answers]
        assert (told[0], told[3]) == ("", "")
        assert "There is no model 'other'" in told[1]
        assert "model-failed" in told[2]
        running.wait_for_metric('refusals_total{model="",reason="not-found"} 1.0')


def test_requests_of_one_stream_share_batches_and_no_more_are_taken_than_that() -> None:
    model = StandInModel()
    with gated(model, workers=2) as running, channel(running) as opened:  # one may be held in the model
        model.gate.clear()
        stream = Stream(opened, timeout=PATIENCE)
        for number in range(AHEAD + 5):
            stream.send(f"{number}")
        running.wait_for_metric(f'stage_seconds_count{{model="stand-in",stage="preprocess"}} {AHEAD}.0')
        running.wait_for_metric(f"waiting_items {AHEAD}.0")
        model.gate.set()
        stream.end()
        assert [answer.infer_response.id for answer in stream.answers] == [f"{n}" for n in range(AHEAD + 5)]
        assert max(map(len, model.batches)) > 1


def test_a_stream_that_is_cancelled_takes_its_work_along() -> None:
    model = StandInModel()
    with gated(model, workers=1) as running, channel(running) as opened:
        model.gate.clear()
        stream = Stream(opened)
        stream.send("in the model")
        assert model.entered.acquire(timeout=PATIENCE)
        stream.send("behind it")
        running.wait_for_metric("waiting_items 2.0")
        stream.answers.cancel()
        running.wait_for_metric("waiting_items 0.0")
        running.wait_for_metric('requests_total{door="grpc",outcome="gone"} 2.0')
        model.gate.set()
    assert b"behind it" not in model.seen


def test_a_stream_wants_a_key_as_any_call_does() -> None:
    with service(api_key="secret") as running, channel(running) as opened:
        with pytest.raises(grpc.RpcError) as caught:
            next(Stream(opened, timeout=PATIENCE).answers)
        assert code(caught.value) == "UNAUTHENTICATED"
        stream = Stream(opened, timeout=PATIENCE, metadata=[("authorization", "Bearer secret")])
        stream.send("a")
        assert next(stream.answers).error_message == ""
        stream.end()


def test_whoever_does_not_read_is_not_read_from() -> None:
    taken: list[int] = []

    async def messages() -> AsyncIterator[bytes]:
        for number in range(100):
            taken.append(number)
            yield b"%d" % number

    async def answer(message: bytes) -> bytes:
        return message

    async def ask() -> None:
        reading = asyncio.Event()
        written: list[bytes] = []

        async def write(message: bytes) -> None:
            await reading.wait()
            written.append(message)

        answering = asyncio.create_task(answer_in_order(messages(), answer, write))
        for _ in range(1000):
            await asyncio.sleep(0)
        assert len(taken) == AHEAD
        reading.set()
        await answering
        assert written == [b"%d" % number for number in range(100)]

    asyncio.run(asyncio.wait_for(ask(), PATIENCE))
