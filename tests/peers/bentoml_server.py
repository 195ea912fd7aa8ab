"""Runs in the environment of bentoml: PORT. One method that takes a list of pictures."""

import sys
from pathlib import Path

import bentoml
import numpy as np
from glance import glance


@bentoml.service(name="glance", workers=1, logging={"access": {"enabled": False}})
class Glance:
    @bentoml.api
    def embed(self, images: list[Path]) -> np.ndarray:
        return np.stack([glance(image.read_bytes()) for image in images])


if __name__ == "__main__":
    from bentoml_cli.cli import cli

    sys.argv = ["bentoml", "serve", "bentoml_server:Glance", "--host", "127.0.0.1", "--port", sys.argv[1]]
    cli()
