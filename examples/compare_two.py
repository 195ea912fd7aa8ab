"""Embed two pictures and say how alike they are: `python examples/compare_two.py ONE OTHER`."""

import sys
from pathlib import Path

from pinakes.clients.factory import open_embedder
from pinakes.core import logging
from pinakes.core.settings import Settings
from pinakes.core.types import Refusal
from pinakes.services.chosen.embedders import built_in_embedder

if len(sys.argv) != 3:
    sys.exit(__doc__)
logging.configure()  # warnings and worse go to standard error
settings = Settings()
embedder = open_embedder(settings.client, local=lambda: built_in_embedder(settings.images))
one, other = embedder.embed([Path(name).read_bytes() for name in sys.argv[1:]])
if isinstance(one, Refusal) or isinstance(other, Refusal):
    sys.exit(f"refused: {one if isinstance(one, Refusal) else other}")
print(f"{float(one @ other):.3f} of 1, by {embedder.identity.name} {embedder.identity.revision}")
embedder.close()
