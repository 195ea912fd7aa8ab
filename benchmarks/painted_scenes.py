"""Pictures made from a seed alone: dead leaves, fractal noise, lines, lattices and text, to learn words from.

Dead leaves (Lee, Mumford and Huang, "Occlusion models for natural images", IJCV 2001) have the edge and scale
statistics of photographs, so that local descriptors cut from them spread as those of photographs do, and no
photograph, with its licence, needs to enter what is learnt.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]


def fractal(rng: np.random.Generator, side: int, slope: float) -> Plane:
    """Noise whose amplitude falls as 1 / frequency ** slope, (side, side) float32 in 0 to 1."""
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None, :])
    frequency[0, 0] = 1 / side
    stretch = np.exp(rng.normal(0, 0.5))
    skewed = np.hypot(np.fft.fftfreq(side)[:, None] * stretch, np.fft.rfftfreq(side)[None, :] / stretch)
    skewed[0, 0] = 1 / side
    phase = np.exp(2j * np.pi * rng.random(frequency.shape))
    field = np.fft.irfft2(phase * skewed**-slope, s=(side, side))
    low, high = np.quantile(field, (0.01, 0.99))
    return np.asarray(np.clip((field - low) / max(high - low, 1e-9), 0, 1), dtype=np.float32)


def _leaf(rng: np.random.Generator, radius: float) -> NDArray[np.int32]:
    """Outline of one leaf: an ellipse, a polygon, or a blob, (k, 2) int32 around the origin."""
    kind = int(rng.integers(4))
    turn = rng.uniform(0, 2 * np.pi)
    if kind == 0:
        corners = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 7))))
        shape = np.exp(1j * corners)
    elif kind == 1:
        shape = np.array([-1 - 1j, 1 - 1j, 1 + 1j, -1 + 1j]) * 0.8
    else:
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        wave = 1 + (kind - 2) * 0.35 * np.sin(int(rng.integers(2, 6)) * angle + rng.uniform(0, 6))
        shape = wave * np.exp(1j * angle)
    squeezed = shape.real + 1j * shape.imag * rng.uniform(0.2, 1.0)
    out = radius * squeezed * np.exp(1j * turn)
    return np.column_stack([out.real, out.imag]).astype(np.int32)


def _texture(rng: np.random.Generator, side: int) -> Plane:
    """What a leaf is filled with: noise of some slope, stripes, a lattice, or nothing."""
    kind = rng.random()
    if kind < 0.35:
        return np.full((side, side), 0.5, np.float32)
    if kind < 0.8:
        return fractal(rng, side, rng.uniform(0.6, 1.8))
    ys, xs = np.mgrid[0:side, 0:side] * (2 * np.pi / rng.uniform(5, 40))
    turn = rng.uniform(0, np.pi)
    wave = np.sin(xs * np.cos(turn) + ys * np.sin(turn))
    if rng.random() < 0.5:
        wave = wave * np.sin(ys * np.cos(turn) - xs * np.sin(turn))
    return np.asarray(0.5 + 0.5 * (np.sign(wave) if rng.random() < 0.4 else wave), dtype=np.float32)


def dead_leaves(rng: np.random.Generator, side: int = 384) -> Pixels:
    """Overlapping shapes with 1 / radius³ sizes, each shaded and textured."""
    scene = fractal(rng, side, 1.3) * 255
    textures = [_texture(rng, side) for _ in range(6)]
    smallest, largest = rng.uniform(3, 10), side * 0.45
    for _ in range(int(rng.integers(60, 500))):
        u = rng.random()
        radius = 1 / np.sqrt(u / smallest**2 + (1 - u) / largest**2)
        outline = _leaf(rng, radius) + rng.integers(0, side, 2).astype(np.int32)
        mask = np.zeros((side, side), np.uint8)
        cv2.fillPoly(mask, [outline], 255, cv2.LINE_AA)
        left, top = np.clip(outline.min(axis=0), 0, side - 1)
        right, bottom = np.clip(outline.max(axis=0) + 2, 1, side)
        box = (slice(top, bottom), slice(left, right))
        fill = rng.uniform(0, 255) + rng.uniform(0, 130) * (textures[int(rng.integers(6))][box] - 0.5)
        alpha = mask[box].astype(np.float32) / 255
        scene[box] += alpha * (fill - scene[box])
    return _finished(rng, scene)


def thickets(rng: np.random.Generator, side: int = 384) -> Pixels:
    """Many strokes: branches, grass, wires, hair."""
    scene = fractal(rng, side, rng.uniform(1.0, 2.0)) * 255
    main = rng.uniform(0, np.pi)
    for _ in range(int(rng.integers(40, 400))):
        angle = main + rng.normal(0, rng.choice([0.1, 0.5, 2.0]))
        start = rng.uniform(0, side, 2)
        end = start + rng.uniform(10, side * 0.6) * np.array([np.cos(angle), np.sin(angle)])
        middle = (start + end) / 2 + rng.normal(0, 12, 2)
        t = np.linspace(0, 1, 12)[:, None]
        curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end
        thick = int(np.clip(rng.pareto(1.5) + 1, 1, 20))
        cv2.polylines(scene, [curve.astype(np.int32)], False, float(rng.uniform(0, 255)), thick, cv2.LINE_AA)
    return _finished(rng, scene)


def posters(rng: np.random.Generator, side: int = 384) -> Pixels:
    """Letters of several fonts and sizes on shaded ground."""
    scene = (fractal(rng, side, 2.0) * rng.uniform(10, 120) + rng.uniform(0, 130)).astype(np.uint8)
    letters = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789&%$#@?!"))
    for _ in range(int(rng.integers(8, 50))):
        word = "".join(rng.choice(letters, int(rng.integers(2, 12))))
        spot = tuple(int(v) for v in rng.integers(-20, side, 2))
        size = float(np.exp(rng.uniform(-0.8, 1.6)))
        thick = max(1, round(size * rng.uniform(0.8, 3)))
        cv2.putText(
            scene, word, spot, int(rng.integers(0, 8)), size, float(rng.uniform(0, 255)), thick, cv2.LINE_AA
        )
    return _finished(rng, scene.astype(np.float32))


def _finished(rng: np.random.Generator, scene: Plane) -> Pixels:
    """Shading, a slight turn in perspective, focus and sensor noise, as a camera adds them."""
    side = scene.shape[0]
    scene = scene * (0.5 + fractal(rng, side, 2.5))
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], dtype=np.float32)
    moved = (corners + rng.normal(0, side * 0.08, (4, 2))).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, moved)
    scene = cv2.warpPerspective(scene, matrix, (side, side), borderMode=cv2.BORDER_REFLECT)
    scene = cv2.GaussianBlur(scene, (0, 0), rng.uniform(0.5, 1.6)) + rng.normal(
        0, rng.uniform(1, 6), scene.shape
    )
    return np.repeat(np.clip(scene, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def scene(seed: int) -> Pixels:
    """The picture of a seed, (384, 384, 3) uint8 with three equal channels: one of the three kinds above."""
    rng = np.random.default_rng(seed)
    return (dead_leaves, dead_leaves, thickets, posters)[seed % 4](rng)
