"""Serves a stand-in model (or the built-in one): PORT MODEL SECONDS-PER-IMAGE SECONDS-TO-LOAD."""

import sys
import time

from tests.stand_ins import StandInModel

from pinakes.core.settings import Settings
from pinakes.models.base import LoadedModel
from pinakes.services.chosen.built_in import built_in_model
from pinakes.services.inference.main import serve
from pinakes.serving.engine import loaded_now


def main() -> None:
    port, model, slowness, load = sys.argv[1:]
    settings = Settings()

    def make() -> LoadedModel:
        time.sleep(float(load))
        if model == "built-in":
            return built_in_model(settings.images)
        revision = model.removeprefix("stand-in") or "1"
        return StandInModel(seconds_per_image=float(slowness), revision=revision).load()

    serve(
        settings,
        port=int(port),
        offers=lambda: loaded_now(make, name="pinakes-global" if model == "built-in" else "stand-in"),
    )


main()
