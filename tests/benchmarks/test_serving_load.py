"""The load generator of the serving benchmarks counts what a server does, and charges it for its stalls."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from benchmarks.serving.exchange import Connection
from benchmarks.serving.load import LOST, NO_ANSWER, Generator, Load, in_turn, quantile
from benchmarks.serving.wires import WIRES, Wire, raw
from tests.waiting import PATIENCE

REQUEST = Wire("/embed", raw, lambda answer: np.frombuffer(answer, dtype="<f4")).request([b"picture"])
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\x00\x00\x80\x3f"
BUSY = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n"

#: Answers the nth request of a server: its bytes, or nothing to close the connection, after so many seconds.
Answers = Callable[[int], tuple[bytes, float]]


@contextmanager
def server(answers: Answers) -> Iterator[int]:
    """A real HTTP/1.1 server on a thread; answers go out in the order its requests came in."""
    loop, count, turn = asyncio.new_event_loop(), [0], asyncio.Lock()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                await reader.readexactly(length)
                async with turn:
                    count[0] += 1
                    content, seconds = answers(count[0])
                    await asyncio.sleep(seconds)
                if not content:
                    break
                writer.write(content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def stop() -> None:
        opened.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    opened = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield opened.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()


@pytest.fixture(scope="module")
def generator() -> Iterator[Generator]:
    made = Generator(1)
    yield made
    made.close()


def test_a_closed_loop_counts_what_was_answered(generator: Generator) -> None:
    with server(lambda _number: (GOOD, 0.01)) as port:
        (taken,) = generator.run(Load(port, [REQUEST], 0.5, clients=2, warm=0.1, pictures=3))
    assert 20 <= len(taken.answered) <= 50
    assert taken.rate == 3 * len(taken.answered) / 0.5
    assert quantile(taken.answered, 0.5) >= 15  # two clients, one at a time: each waits for the other


def test_refusals_and_their_retry_after_are_kept_apart(generator: Generator) -> None:
    with server(lambda number: (BUSY if number % 2 else GOOD, 0.0)) as port:
        (taken,) = generator.run(Load(port, [REQUEST], 0.3, clients=1, warm=0.0))
    assert taken.statuses[200] > 5
    assert taken.statuses[429] == len(taken.refused) == len(taken.waits)
    assert set(taken.waits) == {3.0}


def test_a_lost_connection_is_counted_and_opened_again(generator: Generator) -> None:
    with server(lambda number: (b"" if number == 3 else GOOD, 0.0)) as port:
        (taken,) = generator.run(Load(port, [REQUEST], 0.3, clients=1, warm=0.0))
    assert taken.statuses[LOST] == 1
    assert taken.statuses[200] > 5


def test_a_stall_is_charged_to_everyone_who_was_due_while_it_lasted(generator: Generator) -> None:
    with server(lambda number: (GOOD, 0.5 if number == 1 else 0.0)) as port:
        (taken,) = generator.run(Load(port, [REQUEST], 0.5, rate=100, warm=0.0))
    late = sum(each > 100 for each in taken.answered)
    assert late > 0.5 * len(taken.answered)  # a closed loop would have met the stall once


def test_answers_that_never_come_are_given_up(generator: Generator) -> None:
    with server(lambda _number: (GOOD, 60.0)) as port:
        (taken,) = generator.run(Load(port, [REQUEST], 0.2, rate=50, warm=0.0, patience=0.2))
    assert taken.answered == []
    assert taken.statuses[NO_ANSWER] > 0


def test_an_answer_in_pieces_is_read_whole() -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + bytes(100_000)

    async def ask(port: int) -> int:
        async with Connection(port) as connection:
            return len((await connection.ask(REQUEST)).body)

    with server(lambda _number: (whole, 0.0)) as port:
        assert asyncio.run(ask(port)) == 100_000
        assert len(in_turn(port, REQUEST, 3)) == 3


@pytest.mark.parametrize("name", sorted(WIRES))
def test_every_wire_makes_one_whole_request(name: str) -> None:
    request = WIRES[name].request([b"\xff\xd8picture"], X_Pinakes_Priority="bulk")
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(f"POST {WIRES[name].path} HTTP/1.1\r\n".encode())
    assert b"X-Pinakes-Priority: bulk" in head
    assert f"Content-Length: {len(body)}".encode() in head
