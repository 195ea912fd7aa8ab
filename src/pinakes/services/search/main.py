"""Builds the search service that several backends share from settings, and runs it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI

from pinakes.core.errors import FolderUnreadable, UnsafeSettings
from pinakes.core.protocols import Embedder
from pinakes.core.settings import Settings
from pinakes.search.shared.image_root import ImageRoot
from pinakes.search.shared.shared_search import SharedSearch, open_shared
from pinakes.services.chosen.embedders import chosen_embedder
from pinakes.services.http.app import create_application
from pinakes.services.http.door import is_loopback
from pinakes.services.http.keys import keys_of
from pinakes.services.process import check_bind, listening, run, url_of
from pinakes.services.search.access import allowed_scopes
from pinakes.services.search.admission import Room
from pinakes.services.search.metrics import SharedMetrics
from pinakes.services.search.opening import Opening
from pinakes.services.search.routes import health_routes, image_routes, index_routes, search_routes
from pinakes.vectors.factory import open_vectors
from pinakes.words.factory import open_words

#: Largest request body, bytes: a picture to look like, as base64.
MAX_BODY_BYTES = 64 * 2**20


def serve(settings: Settings, *, host: str | None = None, port: int | None = None) -> None:
    """Run the search service until SIGTERM or SIGINT, then finish what was accepted and return.

    Host and port are the settings' unless given. One line on standard error says where it listens.

    Raises:
        UnsafeSettings: it would listen beyond this machine without a key, or without an image root.
        FolderUnreadable: the image root is no directory.
        PortTaken: something else holds the port.
        InvalidRequest: the host or port cannot be listened on, or the keys are not usable.
        StateBusy: another process has its indexes open.
        StateUnusable, DiskFull, ServiceUnavailable: they cannot be opened.
    """
    host = settings.search.host if host is None else host
    port = settings.search.port if port is None else port
    keys = keys_of(settings.search)
    check_bind(host, guarded=bool(keys), variable="PINAKES_SEARCH__API_KEY")
    check_root(host, settings.search.image_root)
    with listening(host, port, directory_of(settings), settings) as listener:
        application = build_application(settings, opened(settings))
        run(
            application,
            listener,
            announcement=f"Search service listening on {url_of(listener)} (Ctrl-C stops it).",
            drain=application.state.drain,
        )


def check_root(host: str, root: Path | None) -> None:
    """Refuse an image root that is not there, and to give others the working directory for one.

    Raises:
        UnsafeSettings: `host` is not loopback, and no root is set.
        FolderUnreadable: the root is no directory.
    """
    if root is None and not is_loopback(host):
        raise UnsafeSettings(
            "Beyond this machine the search service reads no pictures below wherever it was started.",
            remedy="Set PINAKES_SEARCH__IMAGE_ROOT to the directory of the pictures.",
        )
    if root is not None and not root.is_dir():
        raise FolderUnreadable(
            f"The image root {root} is no directory.", remedy="Set PINAKES_SEARCH__IMAGE_ROOT to one."
        )


def directory_of(settings: Settings) -> Path:
    """Where the search service keeps what is its own, so that it can run beside the application."""
    return settings.state / "search"


def opened(settings: Settings) -> SharedSearch:
    """Open the indexes of the settings; the caller owns the directory, and closes it after.

    Vectors and words are where the settings keep them, in collections and a file or table of their own.

    Raises:
        StateBusy, StateUnusable, DiskFull, ServiceUnavailable: they cannot be opened.
    """
    directory = directory_of(settings)
    root = ImageRoot(settings.search.image_root or Path.cwd(), settings.images)
    store = open_vectors(settings.vectors, directory / "vectors")
    try:
        words = open_words(settings, file=directory / "words.sqlite3", of="shared")
        return open_shared(directory, store, words, root)
    except BaseException:
        store.close()
        raise


def build_application(
    settings: Settings, shared: SharedSearch, *, open_embedder: Callable[[], Embedder] | None = None
) -> FastAPI:
    """Make the service's application over open indexes, which it closes; its model loads in the background.

    The model is that of the settings unless `open_embedder` makes another. `application.state.drain` ends
    the taking of requests and waits for what was taken.
    """
    limits = settings.search
    metrics = SharedMetrics()
    searches = Room("search", limits.max_searches, metrics)
    embeds = Room("embed", limits.max_writes, metrics)
    changes = Room("change", limits.max_writes, metrics)
    rooms = (searches, embeds, changes)
    opening = Opening(shared, open_embedder or partial(chosen_embedder, settings, settings.client))

    @asynccontextmanager
    async def lifespan(_application: FastAPI) -> AsyncIterator[None]:
        opening.start()
        try:
            yield
        finally:
            opening.close()
            shared.close()

    def drain() -> None:
        until = time.monotonic() + limits.drain_seconds
        for room in rooms:
            room.drain(until)

    application = create_application(
        title="Pinakes search service",
        description="Embeds images below one root into an index per folder, and searches the folders that "
        "its caller names. It trusts its callers for permissions; each key has indexes of its own.",
        keys=keys_of(limits),
        allowed=allowed_scopes,
        max_body_bytes=MAX_BODY_BYTES,
        registry=metrics.registry,
        lifespan=lifespan,
    )
    application.state.drain = drain
    application.include_router(health_routes(opening, rooms))
    application.include_router(index_routes(shared, changes))
    application.include_router(image_routes(shared, limits, embeds, changes, metrics))
    application.include_router(search_routes(shared, searches, metrics))
    return application
