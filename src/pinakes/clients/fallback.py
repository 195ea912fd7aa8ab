"""An embedder that asks a service first and goes on in this process when none answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Literal

from pinakes.clients.connection import Patience
from pinakes.clients.inference import HttpEmbedder
from pinakes.core import logging
from pinakes.core.errors import PinakesError, ProtocolViolation, ServiceUnavailable
from pinakes.core.protocols import Embedder
from pinakes.core.types import ModelIdentity, Refusal, Vector


class AutoEmbedder:
    """Implements `Embedder`: remote first, local when no service answers; says which it used.

    The choice is made at the first use. A service that goes away later costs nothing but time: the
    pictures it answered are kept, the rest are embedded here, and the service is not asked again. That
    is done only when the model here is the very model of the service, so that a run never mixes two.

    Args:
        remote: the service to ask first.
        local: makes the model for this process; called at most once, and only when needed.
    """

    def __init__(self, remote: HttpEmbedder, local: Callable[[], Embedder]) -> None:
        self._remote = remote
        self._make_local = local
        self._local: Embedder | None = None
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
        done: list[Vector | Refusal] = []
        try:
            for outcomes in self._remote.answers(images):
                done += outcomes
        except (ServiceUnavailable, ProtocolViolation) as error:
            return done + self._fall_back(error).embed(images[len(done) :])
        return done

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
            self._remote.look(Patience(away=0, busy=self._remote.patience.busy))
        except (ServiceUnavailable, ProtocolViolation) as error:
            self._note(error)
            self._local = self._make_local()
        return True

    def _fall_back(self, error: PinakesError) -> Embedder:
        """Return the model here, or raise when its embeddings would not be comparable."""
        with self._lock:
            if self._local is None:
                local = self._make_local()
                if local.identity != self._remote.identity:
                    local.close()
                    raise ServiceUnavailable(
                        f"{error} Its model {self._remote.identity.key} is not the one in this process, "
                        f"{local.identity.key}, and the two may not be mixed.",
                        remedy="Start the service again, or run with --mode local.",
                    ) from error
                self._note(error)
                self._local = local
            return self._local

    def _note(self, error: PinakesError) -> None:
        self._fallback = f"{error} Went on in this process."
        logging.get("clients").info("embedding-locally", why=str(error))
