"""The model of the search service: loaded, or waited for, beside the service that already answers."""

from __future__ import annotations

import threading
from collections.abc import Callable

from pinakes.core import logging
from pinakes.core.errors import PinakesError, ProtocolViolation, ServiceUnavailable
from pinakes.core.protocols import Embedder
from pinakes.search.shared.shared_search import SharedSearch

#: Time between two looks for an inference service that does not answer, seconds.
LOOK_SECONDS = 2.0

#: Longest wait at the end for a model that is still being loaded, seconds.
CLOSE_SECONDS = 5.0


class Opening:
    """Opens a model on a thread of its own and gives it to the search; tries again while a service is away.

    Args:
        shared: gets the model.
        open_embedder: loads it, or opens the client that asks for it.
    """

    def __init__(self, shared: SharedSearch, open_embedder: Callable[[], Embedder]) -> None:
        self._shared, self._open = shared, open_embedder
        self._embedder: Embedder | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pinakes-search-model", daemon=True)
        self.ready = False
        self.problem = ""

    def start(self) -> None:
        """Begin to load."""
        self._thread.start()

    def close(self) -> None:
        """Stop waiting, and release the model."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_SECONDS)
        if self._embedder is not None and not self._thread.is_alive():
            self._embedder.close()

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._embedder = self._embedder or self._open()
                self._shared.use(self._embedder)
            except (ServiceUnavailable, ProtocolViolation) as error:
                self._note(error)
                self._ending.wait(LOOK_SECONDS)
            except PinakesError as error:
                self._note(error)
                return
            else:
                self.ready, self.problem = True, ""
                return

    def _note(self, error: PinakesError) -> None:
        if self.problem != error.sentence:
            logging.get("services").warning("search-without-model", why=error.sentence)
        self.problem = error.sentence
