"""Serves a stand-in embedder (or the built-in one): PORT MODEL SECONDS-PER-IMAGE SECONDS-TO-LOAD."""

import sys
import time

from pinakes.core.protocols import Embedder
from pinakes.core.settings import Settings
from pinakes.services.built_in import built_in_embedder
from pinakes.services.inference.main import serve
from stand_ins import StandInEmbedder


def main() -> None:
    port, model, slowness, load = sys.argv[1:]
    settings = Settings()

    def make() -> Embedder:
        time.sleep(float(load))
        if model == "built-in":
            return built_in_embedder(settings.images)
        return StandInEmbedder(
            seconds_per_image=float(slowness), revision=model.removeprefix("stand-in") or "1"
        )

    serve(settings, port=int(port), embedder_factory=make)


main()
