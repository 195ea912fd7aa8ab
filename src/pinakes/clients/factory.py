"""Choosing how to embed, from settings: in this process, over HTTP, or over HTTP with this process behind."""

from __future__ import annotations

from collections.abc import Callable

from pinakes.clients.fallback import AutoEmbedder
from pinakes.clients.forms import LocalPreprocess
from pinakes.clients.inference import HttpEmbedder
from pinakes.clients.patience import Patience
from pinakes.core.protocols import Embedder
from pinakes.core.settings import ClientSettings

#: Times `auto` asks again when the service went away, before it goes on in this process.
AUTO_RETRIES_AWAY = 1


def open_embedder(
    settings: ClientSettings, *, local: Callable[[], Embedder], preprocess: LocalPreprocess | None = None
) -> Embedder:
    """Open an embedder in the mode that the settings ask for; `close` it after use.

    `local` makes the model for this process; it is called only where the mode needs it. `preprocess` makes
    pixels of files, where these are sent. An `AutoEmbedder` comes back for `auto`, whose `used` and
    `fallback` say how it embeds.

    Raises:
        InvalidRequest: the service URL is none.
    """
    if settings.mode == "local":
        return local()
    away = AUTO_RETRIES_AWAY if settings.mode == "auto" else settings.retries
    remote = HttpEmbedder(
        settings.service_url,
        patience=Patience(away=min(away, settings.retries), busy=settings.retries),
        api_key=settings.api_key,
        seconds=settings.seconds,
        settings=settings,
        preprocess=preprocess,
    )
    return remote if settings.mode == "remote" else AutoEmbedder(remote, local)
