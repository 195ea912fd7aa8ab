"""Pictures painted by arithmetic, so that every part can be tried without a file of anybody's."""

from __future__ import annotations

import cv2
import numpy as np

from pinakes.core.types import Pixels

#: Width and height of a painted scene, pixels.
WIDTH, HEIGHT = 480, 360

#: Shapes in a scene: enough corners for every method that looks for them.
SHAPES = 140


def scene(seed: int) -> Pixels:
    """Paint a scene of coloured shapes: uint8 RGB (360, 480, 3), another for every seed."""
    random = np.random.default_rng(seed)
    canvas = np.empty((HEIGHT, WIDTH, 3), dtype=np.uint8)
    canvas[:] = _gradient() + random.integers(40, 120, 3, dtype=np.uint8)
    for _ in range(SHAPES):
        points = random.integers((0, 0), (WIDTH, HEIGHT)) + random.integers(-45, 45, (4, 2))
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        cv2.fillPoly(canvas, [points.astype(np.int32)], colour)
    return np.asarray(cv2.GaussianBlur(canvas, (3, 3), 0), dtype=np.uint8)


def gradient() -> Pixels:
    """A picture made of integers alone, the same on every machine: uint8 RGB (96, 128, 3)."""
    down, across = np.mgrid[0:96, 0:128]
    planes = (across * 2, down * 5 // 2, (across * down // 48 + 40 * (across // 32 % 2)) % 256)
    return np.stack(planes, axis=2).clip(0, 255).astype(np.uint8)


def rotated_crop(pixels: Pixels, degrees: float, share: float) -> Pixels:
    """Turn a picture about its centre and keep the middle `share` of each side."""
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turned = cv2.warpAffine(pixels, turn, (width, height))
    top, left = round(height * (1 - share) / 2), round(width * (1 - share) / 2)
    return np.ascontiguousarray(turned[top : height - top, left : width - left], dtype=np.uint8)


def _gradient() -> Pixels:
    ramp = np.linspace(0, 120, WIDTH)[None, :, None] * np.linspace(0.5, 1, HEIGHT)[:, None, None]
    return np.broadcast_to(ramp, (HEIGHT, WIDTH, 3)).astype(np.uint8)
