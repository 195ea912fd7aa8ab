"""Steps run in the process of the test itself, where starting others is not what is tested."""

from collections.abc import Callable
from typing import Any


class Here:
    """Runs each step at once, in the thread that asks."""

    width = 1

    def __init__(self, *_: object) -> None: ...

    def run(self, work: Callable[..., Any], *arguments: object) -> Any:
        return work(*arguments)

    def stop(self) -> None: ...
