"""Serves a stand-in model (or the built-in one): PORT MODEL SECONDS-PER-IMAGE SECONDS-TO-LOAD HELD.

While there is a file at HELD, the stand-in works on nothing.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.stand_ins import StandInModel, only_offer
from tests.waiting import until

from pinakes.core.settings import Settings
from pinakes.models.base import LoadedModel, Prepared
from pinakes.services.chosen.built_in import built_in_model
from pinakes.services.inference.main import serve


class Holdable(StandInModel):
    """A stand-in that waits for as long as there is a file."""

    def __init__(self, held: Path | None, slowness: float, revision: str) -> None:
        super().__init__(seconds_per_image=slowness, revision=revision)
        self._held = held

    def infer(self, batch: Sequence[Prepared]) -> list[bytes]:
        until(lambda: self._held is None or not self._held.exists(), "the end of its being held up")
        return super().infer(batch)


def main() -> None:
    port, model, slowness, load, held = sys.argv[1:]
    settings = Settings()

    def make() -> LoadedModel:
        time.sleep(float(load))
        if model == "built-in":
            return built_in_model(settings.images)
        revision = model.removeprefix("stand-in") or "1"
        return Holdable(Path(held) if held else None, float(slowness), revision).load()

    serve(
        settings,
        port=int(port),
        offers=lambda: only_offer(make, name="pinakes-global" if model == "built-in" else "stand-in"),
    )


main()
