"""The one place that knows the engines."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec

from pinakes.core.errors import InvalidRequest
from pinakes.core.settings import IngestSettings
from pinakes.images.processes import Workers
from pinakes.ingest.engines.base import RunnerMaker


def runner_maker(settings: IngestSettings) -> RunnerMaker:
    """Return what makes the runner of a scan on the engine of the settings; nothing is started yet.

    Raises:
        InvalidRequest: the engine needs an extra that is not installed.
    """
    if settings.engine == "built-in":
        return Workers
    if find_spec("ray") is None:
        raise InvalidRequest(
            "The engine ray is not installed.",
            remedy="pip install 'pinakes[ray]', on every machine of the cluster, or use the built-in engine.",
        )
    from pinakes.ingest.engines.ray_runner import RayRunner

    return partial(
        RayRunner,
        address=settings.ray_address,
        send_bytes=settings.ray_send_bytes,
        patience=settings.ray_seconds,
    )
