"""Which of the models are in memory: loading one at a time, within a budget, letting go of those not used."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from pinakes.core.errors import NotFound, OutOfMemory
from pinakes.serving.catalogue import ModelState, Offer
from pinakes.serving.slot import Slot

#: How often models that nobody uses are looked for, seconds.
LOOK_SECONDS = 1.0


class Residents:
    """The models of an engine by name, and their comings and goings; all methods are safe from any thread.

    Args:
        offers: the models there are; asked again when a name is not known.
        make_slot: makes the slot of an offer.
        memory: most bytes of weights loaded at once; 0 for no bound.
        idle_seconds: unload what nobody has used for so long; 0 for never.
        kept: the model that is never unloaded to make room, nor for idleness.
    """

    def __init__(
        self,
        offers: Callable[[], Sequence[Offer]],
        make_slot: Callable[[Offer], Slot],
        *,
        memory: int,
        idle_seconds: float,
        kept: str,
    ) -> None:
        self._offers = offers
        self._make_slot = make_slot
        self._memory = memory
        self._idle_seconds = idle_seconds
        self._kept = kept
        # Replaced whole, never changed: who goes through one need not hold the lock.
        self._slots: Mapping[str, Slot] = {}
        self._current: Mapping[str, str] = {}
        self._aliases: Mapping[str, str] = {}
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._closed = threading.Event()
        self._refresh()

    @property
    def any_ready(self) -> bool:
        """Whether one of them can serve."""
        return any(slot.state is ModelState.READY for slot in self._slots.values())

    def slots(self) -> list[Slot]:
        """Every model there is now, by name and version."""
        self._refresh()
        return sorted(self._slots.values(), key=lambda slot: (slot.offer.name, slot.offer.version))

    def slot(self, name: str) -> Slot:
        """The model of a name, an alias, or name@revision. Raises NotFound."""
        found = self._find(name)
        if found is None:
            self._refresh()
            found = self._find(name)
        if found is None:
            known = ", ".join(sorted(self._current))
            raise NotFound(f"There is no model {name!r} here.", remedy=f"There are: {known}.")
        return found

    def wanted(self, name: str) -> Slot:
        """The model of a name, which begins to load if it is not in memory. Raises NotFound."""
        slot = self.slot(name)
        return self.load(name) if slot.state is ModelState.ABSENT else slot

    def start(self, names: Sequence[str]) -> None:
        """Begin to load some, in order, and to watch for idle ones."""
        claimed = [slot for slot in map(self.slot, names) if slot.claim()]

        def load() -> None:
            for slot in claimed:
                self._load(slot)

        self._begin(load, "load")
        if self._idle_seconds:
            self._begin(self._watch, "idle")

    def load(self, name: str) -> Slot:
        """Begin to load a model, unless it is loaded or loading; returns at once. Raises NotFound."""
        slot = self.slot(name)
        if slot.claim():
            self._begin(lambda: self._load(slot), "load")
        return slot

    def unload(self, name: str) -> Slot:
        """Begin to unload a model; returns at once. Raises NotFound."""
        slot = self.slot(name)
        self._begin(slot.unload, "unload")
        return slot

    def close(self) -> None:
        """Unload everything."""
        self._closed.set()
        for slot in self._slots.values():
            slot.unload()

    def _find(self, name: str) -> Slot | None:
        with self._lock:
            return self._slots.get(self._current.get(name) or self._aliases.get(name.lower(), name))

    def _refresh(self) -> None:
        """Take note of models that came or are current now; one that went keeps its slot while in memory."""
        offers = self._offers()
        current = [offer for offer in offers if offer.current]
        there = {offer.key for offer in offers}
        with self._lock:
            kept = {key: slot for key, slot in self._slots.items() if key in there or _is_held(slot)}
            new = {offer.key: self._make_slot(offer) for offer in offers if offer.key not in kept}
            self._slots = kept | new
            self._current = {offer.name: offer.key for offer in current}
            self._aliases = {alias: offer.key for offer in current for alias in offer.aliases}

    def _load(self, slot: Slot) -> None:
        with self._loading:  # one at a time: two that load at once would each find the other's room free
            if self._closed.is_set():
                return
            try:
                self._make_room(slot)
            except OutOfMemory as error:
                slot.fail(error)
                return
            slot.load()

    def _make_room(self, slot: Slot) -> None:
        """Unload those not used for longest until a model fits. Raises OutOfMemory."""
        while self._memory and slot.offer.nbytes + self._held() > self._memory:
            idle = [other for other in self._slots.values() if other.idle and not self._is_kept(other)]
            if not idle:
                raise OutOfMemory(
                    f"{slot.offer.name} needs {slot.offer.nbytes // 2**20} MiB, which do not fit into "
                    f"{self._memory // 2**20} MiB beside the models in use.",
                    remedy="Raise PINAKES_INFERENCE__MODEL_BYTES, or unload another model.",
                )
            min(idle, key=lambda other: other.used_at).unload()

    def _held(self) -> int:
        return sum(slot.nbytes for slot in self._slots.values())

    def _is_kept(self, slot: Slot) -> bool:
        return slot is self._find(self._kept)

    def _watch(self) -> None:
        while not self._closed.wait(min(LOOK_SECONDS, self._idle_seconds)):
            since = time.monotonic() - self._idle_seconds
            for slot in self._slots.values():
                if slot.idle and slot.used_at < since and not self._is_kept(slot):
                    slot.unload()

    def _begin(self, work: Callable[[], object], what: str) -> None:
        threading.Thread(target=work, name=f"pinakes-{what}", daemon=True).start()


def _is_held(slot: Slot) -> bool:
    """Whether a model is in memory, or on its way there or out."""
    return bool(slot.nbytes) or slot.state not in (ModelState.ABSENT, ModelState.FAILED)
