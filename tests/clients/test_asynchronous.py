import asyncio
import time
from collections.abc import AsyncIterator

import numpy as np
import pytest
from tests.waiting import PATIENCE
from tests.wire_service import WireService, problem, serving, vector_of

from pinakes.clients import AsyncClient
from pinakes.core.errors import ServiceUnavailable
from pinakes.core.settings import ClientSettings
from pinakes.core.types import Caption, Refusal, Vector


def right(outcomes: list[Vector | Refusal], images: list[bytes]) -> bool:
    return all(np.array_equal(found, vector_of(image)) for found, image in zip(outcomes, images, strict=True))


def test_every_call_can_be_awaited() -> None:
    async def run(url: str) -> None:
        async with AsyncClient(url) as client:
            assert (await client.identity()).key == "wire@1+none"
            assert right(await client.embed([b"a", b"b"]), [b"a", b"b"])
            assert right(await client.embed_texts(["a"]), [b"a"])
            assert await client.caption([b"cat"]) == [Caption("a picture of cat")]
            (labels,) = await client.label([b"dog"], ["cat", "dog"])
            assert not isinstance(labels, Refusal)
            assert labels[0].label == "dog"
            assert [member.url for member in await client.health()] == [url]

    with serving(WireService()) as service:
        asyncio.run(run(service.url))


def test_calls_go_on_side_by_side() -> None:
    async def run(url: str) -> float:
        async with AsyncClient(url) as client:
            await client.identity()
            started = time.monotonic()
            await asyncio.gather(*(client.embed([b"%d" % number]) for number in range(10)))
            return time.monotonic() - started

    with serving(WireService(seconds=0.1)) as service:
        assert asyncio.run(run(service.url)) < 0.7


def test_a_call_that_is_cancelled_hangs_up_and_leaks_nothing() -> None:
    service = WireService()

    async def run(url: str) -> None:
        async with AsyncClient(url) as client:
            await client.identity()
            before = asyncio.all_tasks()
            service.gate.clear()
            call = asyncio.create_task(client.embed([b"%d" % number for number in range(64)]))
            for _ in range(4):
                await asyncio.to_thread(service.entered.acquire)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert await asyncio.to_thread(service.gone.wait, 5)
            assert asyncio.all_tasks() == before
            service.gate.set()
            assert right(await client.embed([b"after"]), [b"after"])

    with serving(service):
        asyncio.run(run(service.url))


def test_a_call_has_no_more_time_than_its_caller_gives() -> None:
    service = WireService()

    async def run(url: str) -> None:
        async with AsyncClient(url) as client:
            await client.identity()
            service.gate.clear()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await client.embed([b"a"])

    with serving(service):
        asyncio.run(run(service.url))
        assert service.gone.wait(PATIENCE)


def test_pictures_that_come_asynchronously_are_embedded_as_they_come() -> None:
    async def pictures() -> AsyncIterator[bytes]:
        for number in range(200):
            if number % 50 == 0:
                await asyncio.sleep(0.01)
            yield b"%d" % number

    async def run(url: str) -> list[Vector | Refusal]:
        async with AsyncClient(url) as client:
            return [outcome async for outcome in client.embed_each(pictures())]

    with serving(WireService()) as service:
        assert right(asyncio.run(run(service.url)), [b"%d" % number for number in range(200)])


def test_a_stream_that_is_left_leaves_no_work_behind() -> None:
    async def run(url: str) -> None:
        async with AsyncClient(url) as client:
            before = asyncio.all_tasks()
            stream = client.embed_each([b"%d" % number for number in range(500)])
            await anext(stream)
            await stream.aclose()
            assert asyncio.all_tasks() == before

    with serving(WireService(seconds=0.001)) as service:
        asyncio.run(run(service.url))


def test_a_fault_in_one_portion_ends_the_others() -> None:
    async def run(url: str) -> None:
        async with AsyncClient(url, ClientSettings(retries=0)) as client:
            await client.identity()
            with pytest.raises(ServiceUnavailable):
                await client.embed([b"%d" % number for number in range(640)])

    service = WireService()
    with serving(service):
        service.instead.extend([problem(500, "model-failed")] * 1000)
        asyncio.run(run(service.url))
    assert len(service.asked) <= 8  # those in flight; the other thirty-two were never sent
