import io

import numpy as np
from PIL import Image

from pinakes.serving.probe import PROBE_IMAGE


def test_the_probe_is_a_picture_with_content() -> None:
    with Image.open(io.BytesIO(PROBE_IMAGE)) as image:
        pixels = np.asarray(image)
    assert pixels.shape == (64, 64)
    assert (pixels.min(), pixels.max()) == (0, 255)
