"""A model that every peer can serve without weights: sixteen colours of a picture."""

import io

import numpy as np
from PIL import Image

#: Numbers in an embedding.
DIMENSIONS = 48


def glance(encoded: bytes) -> np.ndarray:
    """Sixteen colours of an encoded picture, float32; raises where it is none."""
    with Image.open(io.BytesIO(encoded)) as image:
        small = image.convert("RGB").resize((4, 4), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32).ravel() / 255 - 0.4
