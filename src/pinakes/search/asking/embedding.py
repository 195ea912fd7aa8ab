"""Asking the model for the vectors of a question: remembered, and never waited for beyond patience."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from hashlib import sha256
from typing import TypeVar

from pinakes.core.errors import ImageRefused, InvalidRequest, ModelFailed, PinakesError, ServiceUnavailable
from pinakes.core.protocols import Embedder, TextEmbedder
from pinakes.core.types import ModelIdentity, Refusal, Vector

#: Vectors of words and pictures that are kept; each takes a few kilobytes.
KEPT = 512

#: Time in which a model that did not answer is not asked again, seconds.
AWAY_SECONDS = 10.0

#: Questions that may wait for the model at once; one that hangs holds its place until its client gives up.
WAITING = 8


Item = TypeVar("Item")


class NoTextSide(InvalidRequest):
    """Raised when the model compares pictures only, and is asked about words."""


class QuestionEmbedder:
    """Vectors of words and pictures by the model of a library, for any number of threads.

    Args:
        embedder: opens a model by its identity, or gives the open one; may raise and may take long.
        patience: how long a question waits for the model, seconds.
    """

    def __init__(self, embedder: Callable[[ModelIdentity], Embedder], *, patience: float) -> None:
        self._embedder, self._patience = embedder, patience
        self._vectors: OrderedDict[tuple[str, ...], Vector] = OrderedDict()
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(WAITING)
        self._away: tuple[float, str] = (0.0, "")

    def words(self, texts: Sequence[str], identity: ModelIdentity) -> list[Vector]:
        """Unit-length float32 vectors of texts.

        Raises:
            NoTextSide: the model takes no words.
            PinakesError: the model is away, another one, or failed.
        """
        return self._found([("words", text) for text in texts], texts, identity, _texts)

    def pictures(self, encoded: Sequence[bytes], identity: ModelIdentity) -> list[Vector]:
        """Unit-length float32 vectors of encoded pictures.

        Raises:
            ImageRefused: one of them does not decode.
            PinakesError: as `words`.
        """
        keys = [("picture", sha256(picture).hexdigest()) for picture in encoded]
        return self._found(keys, encoded, identity, _pictures)

    def _found(
        self,
        keys: Sequence[tuple[str, ...]],
        items: Sequence[Item],
        identity: ModelIdentity,
        ask: Callable[[Embedder, Sequence[Item]], list[Vector]],
    ) -> list[Vector]:
        named = [(identity.key, *key) for key in keys]
        with self._lock:
            found = {name: self._vectors[name] for name in named if name in self._vectors}
        missing = {name: item for name, item in zip(named, items, strict=True) if name not in found}
        if missing:
            wanted = list(missing.values())
            vectors = self._asked(lambda embedder: ask(embedder, wanted), identity)
            found |= dict(zip(missing, vectors, strict=True))
        self._keep({name: found[name] for name in named})
        return [found[name] for name in named]

    def _keep(self, found: dict[tuple[str, ...], Vector]) -> None:
        with self._lock:
            for name, vector in found.items():
                self._vectors[name] = vector
                self._vectors.move_to_end(name)
            while len(self._vectors) > KEPT:
                self._vectors.popitem(last=False)

    def _asked(self, ask: Callable[[Embedder], list[Vector]], identity: ModelIdentity) -> list[Vector]:
        since, why = self._away
        if time.monotonic() - since < AWAY_SECONDS and why:
            raise ServiceUnavailable(why)
        try:
            return self._in_thread(lambda: self._called(ask, identity)).result(self._patience)
        except (InvalidRequest, ImageRefused):
            raise
        except Late:
            why = f"The model did not answer within {self._patience:g} s."
            raise self._is_away(ServiceUnavailable(why)) from None
        except PinakesError as error:
            raise self._is_away(error) from error

    def _in_thread(self, call: Callable[[], list[Vector]]) -> Future[list[Vector]]:
        """Begin a call that nobody has to wait for, not even the end of the process."""
        if not self._places.acquire(timeout=self._patience):
            raise Late
        future: Future[list[Vector]] = Future()

        def run() -> None:
            try:
                future.set_result(call())
            except BaseException as error:
                future.set_exception(error)
            finally:
                self._places.release()

        threading.Thread(target=run, name="question", daemon=True).start()
        return future

    def _is_away(self, error: PinakesError) -> PinakesError:
        self._away = (time.monotonic(), error.sentence)
        return error

    def _called(self, ask: Callable[[Embedder], list[Vector]], identity: ModelIdentity) -> list[Vector]:
        embedder = self._embedder(identity)
        if embedder.identity != identity:
            raise ServiceUnavailable(
                f"The library is embedded with {identity.key}, and {embedder.identity.key} answers.",
                remedy="Start the service with the model of the library, or move the library to the other.",
            )
        return ask(embedder)


def _texts(embedder: Embedder, texts: Sequence[str]) -> list[Vector]:
    if not isinstance(embedder, TextEmbedder):
        raise NoTextSide(f"The model {embedder.identity.name} compares pictures, not words.")
    try:
        outcomes = embedder.embed_texts(texts)
    except InvalidRequest as error:
        raise NoTextSide(str(error)) from error
    return [_vector(outcome, ModelFailed) for outcome in outcomes]


def _pictures(embedder: Embedder, encoded: Sequence[bytes]) -> list[Vector]:
    return [_vector(outcome, None) for outcome in embedder.embed(encoded)]


def _vector(outcome: Vector | Refusal, error: type[PinakesError] | None) -> Vector:
    if isinstance(outcome, Refusal):
        raise error(outcome.detail) if error else ImageRefused(outcome.reason, outcome.detail)
    return outcome
