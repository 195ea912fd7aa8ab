"""Real photos that an installed package carries, reduced as thumbnails are, and ways to alter them."""

from collections.abc import Callable

import cv2
import numpy as np
import skimage.data

from pinakes.core.types import Pixels

PHOTOS = ("astronaut", "coffee", "chelsea", "rocket", "camera", "hubble_deep_field")


def photo(name: str, side: int = 384) -> Pixels:
    """The photo called `name`, RGB, with a long side of `side`."""
    pixels = getattr(skimage.data, name)()
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    scale = side / max(pixels.shape[:2])
    return as_pixels(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def as_pixels(values: object) -> Pixels:
    """Clip and round to uint8."""
    return np.clip(np.rint(np.asarray(values, dtype=np.float64)), 0, 255).astype(np.uint8)


def jpeg(pixels: Pixels, quality: int = 60) -> Pixels:
    """The pixels after JPEG of a quality."""
    stream = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(stream, cv2.IMREAD_COLOR), dtype=np.uint8)


def crop(pixels: Pixels) -> Pixels:
    """The middle and right, about half of the area."""
    height, width = pixels.shape[:2]
    return pixels[height // 7 : height - height // 7, width // 4 :].copy()


def turned(pixels: Pixels, angle: float = 23.0) -> Pixels:
    """The picture turned about its middle, black in the corners."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 0.75)
    return as_pixels(cv2.warpAffine(pixels, matrix, (width, height)))


def askew(pixels: Pixels) -> Pixels:
    """The picture seen from a side."""
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    moved = corners + np.array([[20, 30], [-40, 5], [-10, -25], [35, -8]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, moved)
    return as_pixels(cv2.warpPerspective(pixels, matrix, (width, height)))


def lettered(pixels: Pixels) -> Pixels:
    """The picture with a line of text across it."""
    out = pixels.copy()
    place = (15, pixels.shape[0] * 3 // 4)
    cv2.putText(out, "HAPPY BIRTHDAY", place, cv2.FONT_HERSHEY_DUPLEX, 1.2, (255, 255, 0), 3)
    return out


def bordered(pixels: Pixels) -> Pixels:
    """The picture in a white frame."""
    return as_pixels(cv2.copyMakeBorder(pixels, 30, 30, 40, 40, cv2.BORDER_CONSTANT, value=(255, 255, 255)))


def regraded(pixels: Pixels) -> Pixels:
    """Another exposure and white balance."""
    return as_pixels(255 * (pixels / 255) ** 0.7 * np.array([1.0, 0.9, 0.8]))


def second_take(pixels: Pixels, seed: int = 0, parallax: float = 2.5) -> Pixels:
    """The scene from a step aside: smooth displacement that no homography undoes, and noise."""
    rng = np.random.default_rng(seed)
    height, width = pixels.shape[:2]
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    moved = []
    for places in (xs, ys):
        field = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 30)
        moved.append((places + parallax * field / field.std()).astype(np.float32))
    again = cv2.remap(pixels, moved[0], moved[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return as_pixels(again * 1.05 + rng.normal(0, 3, again.shape))


ALTERATIONS: dict[str, Callable[[Pixels], Pixels]] = {
    "jpeg": jpeg,
    "crop": crop,
    "turned": turned,
    "askew": askew,
    "lettered": lettered,
    "bordered": bordered,
    "regraded": regraded,
    "mirrored": lambda pixels: np.ascontiguousarray(pixels[:, ::-1]),
    "quarter turn": lambda pixels: np.ascontiguousarray(np.rot90(pixels)),
    "small": lambda pixels: as_pixels(cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)),
}
