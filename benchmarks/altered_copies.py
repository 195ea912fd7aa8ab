"""Altered copies of photos, synthetic re-takes and look-alike pages, each made from a seed.

Every transformation takes a random generator, uint8 RGB pixels of shape (H, W, 3) and a sequence of other
pictures to fill collages and screens with, and returns uint8 RGB pixels. Nothing here is read from the
network; text is drawn with the fonts OpenCV carries.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Transform = Callable[[np.random.Generator, Pixels, Sequence[Pixels]], Pixels]

WORDS = (
    "lorem ipsum dolor sit amet consetetur sadipscing elitr sed diam nonumy eirmod tempor invidunt ut labore "
    "et dolore magna aliquyam erat voluptua at vero eos accusam justo duo dolores ea rebum stet clita kasd"
).split()


def encoded(pixels: Pixels, extension: str = ".jpg", quality: int = 85) -> Pixels:
    """The pixels after writing and reading them in the format of `extension`."""
    flag = {".jpg": cv2.IMWRITE_JPEG_QUALITY, ".webp": cv2.IMWRITE_WEBP_QUALITY}.get(extension)
    options = [] if flag is None else [int(flag), quality]
    ok, stream = cv2.imencode(extension, cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)
    assert ok
    decoded = cv2.imdecode(stream, cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def reduced(pixels: Pixels, side: int = 384) -> Pixels:
    """The pixels with their long side brought down to `side`, as the stored thumbnail is (JPEG, quality
    85)."""
    scale = side / max(pixels.shape[:2])
    if scale < 1:
        pixels = resized(pixels, scale)
    return encoded(pixels, ".jpg", 85)


def resized(pixels: Pixels, scale: float, other: float | None = None) -> Pixels:
    """The pixels scaled by `scale` in x and `other` (default the same) in y."""
    height, width = pixels.shape[:2]
    size = (max(8, round(width * scale)), max(8, round(height * (other or scale))))
    shrink = scale < 1 and (other or scale) < 1
    return _u8(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if shrink else cv2.INTER_CUBIC))


def _u8(values: object) -> Pixels:
    return np.clip(np.rint(np.asarray(values, dtype=np.float32)), 0, 255).astype(np.uint8)


def recompress(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    return encoded(pixels, ".jpg", int(rng.integers(20, 50)))


def resize(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    return resized(pixels, rng.uniform(150, 280) / max(pixels.shape[:2]))


def aspect(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    stretch = rng.uniform(0.75, 0.95)
    return resized(pixels, stretch, 1.0) if rng.random() < 0.5 else resized(pixels, 1.0, stretch)


def _crop(rng: np.random.Generator, pixels: Pixels, kept: float) -> Pixels:
    """A random window that keeps the share `kept` of the area, its sides off by up to 15 %."""
    tilt = rng.uniform(-0.15, 0.15)
    sides = np.clip(np.sqrt(kept) * np.array([np.exp(tilt), np.exp(-tilt)]), 0, 1)
    height, width = (np.array(pixels.shape[:2]) * sides).astype(int)
    top = int(rng.integers(0, pixels.shape[0] - height + 1))
    left = int(rng.integers(0, pixels.shape[1] - width + 1))
    return pixels[top : top + height, left : left + width].copy()


def crop10(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    return _crop(rng, pixels, rng.uniform(0.8, 0.92))


def crop30(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    return _crop(rng, pixels, rng.uniform(0.62, 0.78))


def crop50(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    return _crop(rng, pixels, rng.uniform(0.48, 0.56))


def crop75(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    return _crop(rng, pixels, rng.uniform(0.25, 0.32))


def _rotation(rng: np.random.Generator, pixels: Pixels) -> tuple[NDArray[np.float64], tuple[int, int], float]:
    """The matrix of a rotation by 5–175 degrees either way on a canvas that holds the whole picture."""
    height, width = pixels.shape[:2]
    angle = float(rng.uniform(5, 175) * rng.choice([-1, 1]))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = (int(width * cos + height * sin), int(width * sin + height * cos))
    matrix[:, 2] += np.array(size) / 2 - np.array([width / 2, height / 2])
    return matrix, size, angle


def rotate_black(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    matrix, size, _angle = _rotation(rng, pixels)
    return _u8(cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_CUBIC))


def rotate_inner(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    matrix, size, angle = _rotation(rng, pixels)
    turned = _u8(cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_CUBIC))
    height, width = pixels.shape[:2]
    sin, cos = abs(np.sin(np.radians(angle))), abs(np.cos(np.radians(angle)))
    long, short = max(width, height), min(width, height)
    if short <= 2 * sin * cos * long:
        half = 0.5 * short
        inner = (half / sin, half / cos) if width >= height else (half / cos, half / sin)
    else:
        double = cos * cos - sin * sin
        inner = ((width * cos - height * sin) / double, (height * cos - width * sin) / double)
    w, h = int(inner[0]) - 2, int(inner[1]) - 2
    top, left = (size[1] - h) // 2, (size[0] - w) // 2
    return turned[top : top + h, left : left + w].copy()


def rotate90(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    return np.ascontiguousarray(np.rot90(pixels, int(rng.integers(1, 4))))


def mirror(_rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    return np.ascontiguousarray(pixels[:, ::-1])


def mirror_crop(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    return _crop(rng, np.ascontiguousarray(pixels[:, ::-1]), rng.uniform(0.55, 0.8))


def border(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    thick = [int(side * rng.uniform(0.03, 0.2)) for side in (*pixels.shape[:2], *pixels.shape[:2])]
    colour = (
        [int(v) for v in rng.integers(0, 256, 3)] if rng.random() < 0.6 else [int(rng.choice([0, 255]))] * 3
    )
    return _u8(
        cv2.copyMakeBorder(
            pixels, thick[0], thick[2], thick[1], thick[3], cv2.BORDER_CONSTANT, value=tuple(colour)
        )
    )


def text(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    """One to three lines of outlined capitals across the picture."""
    out = pixels.copy()
    width = pixels.shape[1]
    for _line in range(int(rng.integers(1, 4))):
        words = " ".join(rng.choice(WORDS, int(rng.integers(2, 4)))).upper()
        scale = width * rng.uniform(0.6, 0.95) / cv2.getTextSize(words, cv2.FONT_HERSHEY_DUPLEX, 1, 2)[0][0]
        spot = (int(width * 0.03), int(pixels.shape[0] * rng.uniform(0.12, 0.95)))
        thick = max(1, round(2 * scale))
        colour = tuple(int(v) for v in rng.choice([0, 255], 3))
        outline = tuple(255 - c for c in colour)
        cv2.putText(out, words, spot, cv2.FONT_HERSHEY_DUPLEX, scale, outline, thick * 3, cv2.LINE_AA)
        cv2.putText(out, words, spot, cv2.FONT_HERSHEY_DUPLEX, scale, colour, thick, cv2.LINE_AA)
    return out


def logo(rng: np.random.Generator, pixels: Pixels, others: Sequence[Pixels]) -> Pixels:
    """Another picture pasted over 3 to 15 % of this one, opaque or half transparent."""
    other = others[int(rng.integers(len(others)))]
    height, width = pixels.shape[:2]
    scale = np.sqrt(rng.uniform(0.03, 0.15) * height * width / (other.shape[0] * other.shape[1]))
    patch = resized(other, float(scale))[: height - 2, : width - 2]
    top = int(rng.integers(0, height - patch.shape[0]))
    left = int(rng.integers(0, width - patch.shape[1]))
    out, alpha = pixels.astype(np.float32), rng.choice([0.6, 1.0, 1.0])
    window = out[top : top + patch.shape[0], left : left + patch.shape[1]]
    window += alpha * (patch - window)
    return _u8(out)


def cast(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    return _u8(pixels * rng.uniform(0.7, 1.25, 3) + rng.uniform(-15, 15, 3))


def exposure(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    gamma, gain = np.exp(rng.uniform(-0.6, 0.6)), np.exp(rng.uniform(-0.25, 0.3))
    return _u8(255 * (pixels / 255.0) ** gamma * gain)


def contrast(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    return _u8((pixels.astype(np.float32) - 128) * rng.uniform(0.5, 1.7) + 128 + rng.uniform(-20, 20))


def grey(_rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    return _u8(cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB))


def blur(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    return _u8(cv2.GaussianBlur(pixels, (0, 0), max(pixels.shape[:2]) / 384 * rng.uniform(0.8, 2.5)))


def noise(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    return _u8(pixels + rng.normal(0, rng.uniform(5, 15), pixels.shape))


def sharpen(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    soft = cv2.GaussianBlur(pixels, (0, 0), 1.5).astype(np.float32)
    return _u8(pixels + rng.uniform(0.7, 2.0) * (pixels - soft))


def filtered(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    """A phone filter: a curve for each channel, saturation and a vignette."""
    levels = np.arange(256) / 255
    out = np.stack([levels[pixels[..., c]] ** np.exp(rng.uniform(-0.35, 0.35)) for c in range(3)], axis=-1)
    mean = out.mean(axis=-1, keepdims=True)
    out = mean + (out - mean) * rng.uniform(0.3, 1.6)
    rows, columns = (np.linspace(-1, 1, side)[:, None] for side in pixels.shape[:2])
    return _u8(255 * out * (1 - rng.uniform(0, 0.35) * (rows**2 + columns.T**2) / 2)[..., None])


def picture_format(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    """WebP at a low quality, or a palette of 64 colours as a GIF would have."""
    if rng.random() < 0.5:
        return encoded(pixels, ".webp", int(rng.integers(25, 60)))
    return _u8(np.round(pixels / 255.0 * 5) / 5 * 255) if rng.random() < 0.3 else _u8(pixels // 16 * 16 + 8)


def perspective(rng: np.random.Generator, pixels: Pixels, others: Sequence[Pixels]) -> Pixels:
    """The picture seen askew: each corner moved by up to 18 % of the side, before black or another
    picture."""
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    moved = corners + (
        rng.uniform(0, 0.18, (4, 2)) * (width, height) * np.sign([width / 2, height / 2] - corners)
    )
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    ground = np.zeros_like(pixels)
    if rng.random() < 0.4:
        other = others[int(rng.integers(len(others)))]
        ground = _u8(cv2.resize(other, (width, height), interpolation=cv2.INTER_AREA))
    return _u8(
        cv2.warpPerspective(pixels, matrix, (width, height), ground, borderMode=cv2.BORDER_TRANSPARENT)
    )


def screenshot(rng: np.random.Generator, pixels: Pixels, others: Sequence[Pixels]) -> Pixels:
    """The picture shown inside a page: bars, lines of text and a few other thumbnails around it."""
    wide = rng.random() < 0.5
    width, height = (800, 500) if wide else (420, 760)
    page = page_of_text(rng, height, width)
    cv2.rectangle(
        page, (0, 0), (width, int(height * 0.08)), tuple(int(v) for v in rng.integers(0, 255, 3)), -1
    )
    share = rng.uniform(0.45, 0.7) if wide else rng.uniform(0.8, 1.0)
    scale = min(width * share / pixels.shape[1], height * 0.8 / pixels.shape[0])
    shown = resized(pixels, scale)[: int(height * 0.85), :width]
    left = int(rng.integers(0, width - shown.shape[1] + 1))
    top = int(height * 0.1)
    if wide:
        for k in range(3):
            small = _u8(
                cv2.resize(others[int(rng.integers(len(others)))], (120, 90), interpolation=cv2.INTER_AREA)
            )
            page[100 + k * 110 : 190 + k * 110, width - 130 : width - 10] = small
    page[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    return page


def collage(rng: np.random.Generator, pixels: Pixels, others: Sequence[Pixels]) -> Pixels:
    """A grid of two by two or three by one pictures, this one among them, its sides cut to fit by up to a
    tenth."""
    rows, columns = ((2, 2), (1, 3), (2, 1), (2, 2))[int(rng.integers(4))]
    side, place = 400, int(rng.integers(rows * columns))
    page = np.full((rows * side, columns * side, 3), 255, np.uint8)
    for k in range(rows * columns):
        tile = pixels if k == place else others[int(rng.integers(len(others)))]
        scale = (side - 12) / max(tile.shape[:2])
        tile = resized(tile, scale)[: side - 12, : side - 12]
        top, left = k // columns * side + 6, k % columns * side + 6
        page[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return page


def combination(rng: np.random.Generator, pixels: Pixels, others: Sequence[Pixels]) -> Pixels:
    """Three of: crop, small turn, mirror, text, filter, resize, border, heavy compression."""
    steps: list[Transform] = [
        crop30,
        _small_turn,
        mirror,
        text,
        filtered,
        resize,
        border,
        recompress,
        exposure,
    ]
    for k in sorted(rng.choice(len(steps), 3, replace=False)):
        pixels = steps[k](rng, pixels, others)
    return pixels


def _small_turn(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-12, 12), 1.15)
    return _u8(cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC))


#: Every kind of altered copy, by the name the tables print.
TRANSFORMS: dict[str, Transform] = {
    "recompress": recompress, "resize": resize, "aspect": aspect, "crop10": crop10, "crop30": crop30,
    "crop50": crop50, "crop75": crop75, "rotate_black": rotate_black, "rotate_inner": rotate_inner,
    "rotate90": rotate90, "mirror": mirror, "mirror_crop": mirror_crop, "border": border, "text": text,
    "logo": logo, "cast": cast, "exposure": exposure, "contrast": contrast, "grey": grey, "blur": blur,
    "noise": noise, "sharpen": sharpen, "filter": filtered, "format": picture_format,
    "perspective": perspective, "screenshot": screenshot, "collage": collage, "combination": combination,
}  # fmt: skip


def page_of_text(rng: np.random.Generator, height: int = 700, width: int = 500) -> Pixels:
    """A white page with a few paragraphs, as a scan or a screenshot of text has."""
    page = np.full((height, width, 3), int(rng.integers(235, 256)), np.uint8)
    scale, y = float(rng.uniform(0.35, 0.6)), int(height * 0.12)
    while y < height - 10:
        if rng.random() > 0.15:
            line = " ".join(rng.choice(WORDS, 12))[: int(width / (19 * scale))]
            cv2.putText(page, line, (20, y), cv2.FONT_HERSHEY_SIMPLEX, scale, (20, 20, 20), 1, cv2.LINE_AA)
        y += int(34 * scale) + 2
    return page


def form(rng: np.random.Generator, template: int) -> Pixels:
    """A filled-in form: the same letterhead, boxes and labels for one `template`, other entries for each
    call."""
    fixed = np.random.default_rng(template)
    page = np.full((720, 520, 3), 250, np.uint8)
    cv2.rectangle(page, (0, 0), (520, 70), tuple(int(v) for v in fixed.integers(0, 200, 3)), -1)
    name = " ".join(fixed.choice(WORDS, 2)).upper()
    cv2.putText(page, name, (20, 45), cv2.FONT_HERSHEY_TRIPLEX, 1, (255, 255, 255), 2, cv2.LINE_AA)
    for y in range(110, 700, 42):
        label = " ".join(fixed.choice(WORDS, 2)) + ":"
        cv2.putText(page, label, (20, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (60, 60, 60), 1, cv2.LINE_AA)
        cv2.line(page, (180, y + 6), (500, y + 6), (150, 150, 150), 1)
        entry = " ".join(rng.choice(WORDS, int(rng.integers(2, 5))))
        cv2.putText(page, entry, (185, y), cv2.FONT_HERSHEY_COMPLEX, 0.5, (10, 10, 90), 1, cv2.LINE_AA)
    return page


def sky(rng: np.random.Generator) -> Pixels:
    """A nearly empty frame: a gradient with faint clouds and sensor noise."""
    top, bottom = rng.uniform(60, 220, 3), rng.uniform(90, 250, 3)
    ramp = np.linspace(0, 1, 400)[:, None, None]
    clouds = cv2.GaussianBlur(rng.normal(0, 1, (400, 600)).astype(np.float32), (0, 0), rng.uniform(15, 60))
    clouds *= rng.uniform(0, 12) / max(float(clouds.std()), 1e-6)
    return _u8(top + (bottom - top) * ramp + clouds[..., None] + rng.normal(0, 2, (400, 600, 3)))


def _field(rng: np.random.Generator, shape: tuple[int, int], sigma: float) -> NDArray[np.float32]:
    """Smooth noise of unit variance, (H, W) float32."""
    height, width = shape
    coarse = rng.normal(0, 1, (height // 4 + 1, width // 4 + 1)).astype(np.float32)
    smooth = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), sigma / 4), (width, height))
    return np.asarray((smooth - smooth.mean()) / max(float(smooth.std()), 1e-6), dtype=np.float32)


def _seen_again(rng: np.random.Generator, pixels: Pixels, parallax: float, jitter: float) -> Pixels:
    """The scene from a slightly other place: a homography, depth-like displacement and moved layers."""
    height, width = pixels.shape[:2]
    unit = max(height, width) / 384
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    inner = corners + 0.06 * (np.array([width, height]) - 2 * corners)
    inner = (inner + rng.normal(0, jitter * unit, (4, 2))).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, inner)
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    plain = np.stack([xs, ys, np.ones_like(xs)], axis=-1) @ matrix.T
    depth = _field(rng, (height, width), 45 * unit) + 0.8 * (_field(rng, (height, width), 25 * unit) > 0.4)
    sway = [_field(rng, (height, width), 30 * unit) for _ in range(2)]
    direction = rng.normal(0, 1, 2)
    direction *= parallax * unit / np.hypot(*direction)
    maps = [
        (plain[..., k] / plain[..., 2] + direction[k] * depth + 0.35 * parallax * unit * sway[k]).astype(
            np.float32
        )
        for k in range(2)
    ]
    return _u8(cv2.remap(pixels, maps[0], maps[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT))


def _with_foreground(rng: np.random.Generator, pixels: Pixels, other: Pixels, share: float) -> Pixels:
    """A blob of another picture, of about `share` of the area, standing in front."""
    height, width = pixels.shape[:2]
    front = _u8(cv2.resize(other, (width, height), interpolation=cv2.INTER_AREA)).astype(np.float32)
    centre = np.array([rng.uniform(0.35, 0.65) * width, rng.uniform(0.45, 0.65) * height])
    xs, ys = np.meshgrid(np.arange(width), np.arange(height))
    tall = rng.uniform(0.8, 1.6)
    radius = np.sqrt(share * width * height / np.pi / tall)
    distance = np.hypot((xs - centre[0]) / radius, (ys - centre[1]) / (radius * tall))
    distance += 0.15 * _field(rng, (height, width), 30)
    mask = np.clip((1 - distance) * radius / 3, 0, 1)[..., None]
    return _u8(pixels + mask * (front - pixels))


def _developed(rng: np.random.Generator, pixels: Pixels) -> Pixels:
    """What the camera does anew for each frame: exposure, white balance, noise, compression."""
    out = pixels * np.exp(rng.normal(0, 0.08)) * np.exp(rng.normal(0, 0.03, 3))
    out = out + rng.normal(0, rng.uniform(1.5, 5), pixels.shape)
    return encoded(_u8(out), ".jpg", int(rng.integers(75, 95)))


def burst(rng: np.random.Generator, pixels: Pixels, _: Sequence[Pixels]) -> Pixels:
    """The next frame of a burst: parallax and motion of 0.8 to 3 pixels at 384, little else."""
    return _developed(rng, _seen_again(rng, pixels, rng.uniform(0.8, 3), 6))


def retake(rng: np.random.Generator, pixels: Pixels, others: Sequence[Pixels]) -> Pixels:
    """The same place a little later, from a step aside: parallax of 2 to 8 pixels and something new in
    front."""
    again = _seen_again(rng, pixels, rng.uniform(2, 8), 12)
    return _developed(rng, _with_foreground(rng, again, _one(rng, others), rng.uniform(0.05, 0.25)))


def other_sitter(rng: np.random.Generator, pixels: Pixels, others: Sequence[Pixels]) -> Pixels:
    """The same wall with another sitter: parallax of 0.4 to 1.5 pixels, 15 to 45 % of the frame replaced."""
    again = _seen_again(rng, pixels, rng.uniform(0.4, 1.5), 10)
    return _developed(rng, _with_foreground(rng, again, _one(rng, others), rng.uniform(0.15, 0.45)))


def _one(rng: np.random.Generator, others: Sequence[Pixels]) -> Pixels:
    return others[int(rng.integers(len(others)))]


#: Pictures of the same scene that are not copies, by the name the tables print.
RETAKES: dict[str, Transform] = {"burst": burst, "retake": retake, "other_sitter": other_sitter}
