"""An embedder that asks a service first and goes on in this process when none answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Literal, cast

from pinakes.clients.agreement import LEAST_COSINE, Kept, KeptPixels, smallest
from pinakes.clients.client import Client
from pinakes.core import logging
from pinakes.core.errors import InvalidRequest, PinakesError, ProtocolViolation, ServiceUnavailable
from pinakes.core.protocols import Embedder, PixelEmbedder, TextEmbedder
from pinakes.core.types import ModelIdentity, Pixels, Refusal, Vector


class AutoEmbedder:
    """Implements `Embedder`: remote first, local when no service answers; says which it used.

    The choice is made at the first use. A service that goes away later costs nothing but time: the
    pictures it answered are kept, the rest are embedded here, and the service is not asked again. That
    is done only when the model here is the very model of the service, by name and by what it answers to a
    picture that the service had answered, so that a run never mixes two.

    Args:
        remote: the services to ask first.
        local: makes the model for this process; called at most once, and only when needed.
    """

    def __init__(self, remote: Client, local: Callable[[], Embedder]) -> None:
        self._remote = remote
        self._make_local = local
        self._local: Embedder | None = None
        self._kept: Kept | KeptPixels | None = None
        self._chosen = False
        self._fallback = ""
        self._lock = threading.RLock()

    @property
    def used(self) -> Literal["local", "remote"]:
        """Where pictures are embedded now; looks for the service when that is not known yet.

        Raises:
            Unauthorised: a service answers but wants another key.
        """
        return "local" if self._current() is not self._remote else "remote"

    @property
    def fallback(self) -> str:
        """Why the service is not used, a sentence; empty while it is."""
        return self._fallback

    @property
    def identity(self) -> ModelIdentity:
        """The model of the whole run; see `used` for what it may raise."""
        return self._current().identity

    def embed(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
        """Embed encoded pictures; see `Embedder.embed`.

        Raises:
            ServiceUnavailable: the service went away in the middle and the model here is another.
        """
        current = self._current()
        if current is not self._remote:
            return current.embed(images)
        made = self._remote.attempt(images)
        self._kept = self._kept or smallest(images, made.outcomes)
        if made.error is None:
            return made.complete()
        left = [image for image, outcome in zip(images, made.outcomes, strict=True) if outcome is None]
        found = iter(self._fall_back(made.error).embed(left))
        return [next(found) if outcome is None else outcome for outcome in made.outcomes]

    def takes_pixels(self) -> bool:
        """Whether what embeds now takes framed pictures; see `used` for what it may raise."""
        current = self._current()
        return isinstance(current, PixelEmbedder) and current.takes_pixels()

    def embed_pixels(self, pictures: Sequence[Pixels]) -> list[Vector | Refusal]:
        """Embed framed pictures; see `PixelEmbedder.embed_pixels`, and `embed` for what else it may raise."""
        current = self._current()
        if current is not self._remote:
            return _pixels(current, pictures)
        try:
            found = self._remote.embed_pixels(pictures)
        except (ServiceUnavailable, ProtocolViolation) as error:
            return _pixels(self._fall_back(error), pictures)
        good = (each for each in zip(pictures, found, strict=True) if not isinstance(each[1], Refusal))
        for picture, vector in islice(good, 1 if self._kept is None else 0):
            self._kept = KeptPixels(picture, cast(Vector, vector))
        return found

    def embed_texts(self, texts: Sequence[str]) -> list[Vector | Refusal]:
        """Embed words; see `TextEmbedder.embed_texts`, and `embed` for what else it may raise."""
        current = self._current()
        if current is not self._remote:
            return _texts(current, texts)
        try:
            return self._remote.embed_texts(texts)
        except (ServiceUnavailable, ProtocolViolation) as error:
            return _texts(self._fall_back(error), texts)

    def close(self) -> None:
        """Release the connections and the model."""
        self._remote.close()
        if self._local is not None:
            self._local.close()

    def _current(self) -> Embedder:
        with self._lock:
            if not self._chosen:
                self._chosen = self._choose()
            return self._remote if self._local is None else self._local

    def _choose(self) -> bool:
        try:
            # Where nothing answers there is nothing to wait for; a model that loads is worth it.
            self._remote.look(replace(self._remote.patience, away=0))
        except (ServiceUnavailable, ProtocolViolation) as error:
            self._note(error)
            self._local = self._make_local()
            self._remote.close()
        return True

    def _fall_back(self, error: PinakesError) -> Embedder:
        """Return the model here, or raise when its embeddings would not be comparable."""
        with self._lock:
            if self._local is None:
                local = self._make_local()
                try:
                    self._refuse_to_mix(local, error)
                except PinakesError:
                    local.close()
                    raise
                self._note(error)
                self._local = local
            return self._local

    def _refuse_to_mix(self, local: Embedder, error: PinakesError) -> None:
        ours, theirs = local.identity, self._remote.identity
        if ours != theirs:
            raise ServiceUnavailable(
                f"{error} Its model {theirs.key} is not the one in this process, {ours.key}, and the two may "
                "not be mixed.",
                remedy="Start the service again, or run with --mode local.",
            ) from error
        cosine = 1.0 if self._kept is None else self._kept.cosine(local)
        if cosine < LEAST_COSINE:
            raise ServiceUnavailable(
                f"{error} Its model and the one in this process are both {ours.key}, but answer one picture "
                f"differently (cosine {cosine:.4f}, not {LEAST_COSINE}), and the two may not be mixed.",
                remedy="Start the service again, or run with --mode local.",
            ) from error

    def _note(self, error: PinakesError) -> None:
        self._fallback = f"{error} Went on in this process."
        logging.get("clients").info("embedding-locally", why=str(error))


def _pixels(local: Embedder, pictures: Sequence[Pixels]) -> list[Vector | Refusal]:
    if isinstance(local, PixelEmbedder):
        return local.embed_pixels(pictures)
    raise InvalidRequest(f"The model in this process, {local.identity.key}, takes no pixels.")


def _texts(local: Embedder, texts: Sequence[str]) -> list[Vector | Refusal]:
    if isinstance(local, TextEmbedder):
        return local.embed_texts(texts)
    raise InvalidRequest(
        f"The model in this process, {local.identity.key}, has no text side.",
        remedy="Choose one that has, or start a service that serves one.",
    )
