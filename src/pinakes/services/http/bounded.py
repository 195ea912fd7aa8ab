"""Routes whose bodies say how long they are, so that the door can refuse the large ones unread."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest


class BoundedRoute(APIRoute):
    """A route that takes no body of undeclared length."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler; it raises InvalidRequest before the body is read."""
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            if "transfer-encoding" in request.headers:
                raise InvalidRequest(
                    "The request does not say how long it is.", remedy="Send Content-Length."
                )
            return await handle(request)

        return bounded
