"""A stream of messages answered by another: several in work at once, each in its turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Coroutine
from typing import Any

#: Messages of one stream that are in work or wait for their turn; further ones are left with the client, as
#: one that sends without reading would otherwise have its answers kept here.
AHEAD = 16


async def answer_in_order(
    messages: AsyncIterable[bytes],
    answer: Callable[[bytes], Coroutine[Any, Any, bytes]],
    write: Callable[[bytes], Awaitable[None]],
) -> None:
    """Answer each message, in the order in which they came, until there are no more.

    Args:
        messages: what comes.
        answer: makes the answer to one; must not raise, since that would end the stream.
        write: sends one.
    """
    room = asyncio.Semaphore(AHEAD)
    turns: asyncio.Queue[asyncio.Task[bytes] | None] = asyncio.Queue()
    async with asyncio.TaskGroup() as tasks:  # whoever goes takes all of its work along

        async def take() -> None:
            await room.acquire()
            async for message in messages:
                turns.put_nowait(tasks.create_task(answer(message)))
                await room.acquire()
            turns.put_nowait(None)

        tasks.create_task(take())
        while (turn := await turns.get()) is not None:
            await write(await turn)
            room.release()
