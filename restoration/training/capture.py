"""How a picture was taken, printed and scanned: blur, lost resolution, grain, halftone, paper, JPEG."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageFilter

from restoration.training.fields import Array, blurred, chance, smooth_field

_KERNELS = (
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
    Image.Resampling.BOX,
)


def to_bytes(picture: Array) -> np.ndarray:
    """0..1 float → uint8, rounded and clipped."""
    return np.clip(picture * 255.0 + 0.5, 0, 255).astype(np.uint8)


def to_floats(picture: np.ndarray) -> Array:
    """uint8 → float32 in 0..1."""
    return np.asarray(picture, np.float32) * np.float32(1 / 255)


def softened(rng: np.random.Generator, picture: Array, strength: float) -> Array:
    """Lens blur and a trip through a smaller size; `strength` 0..1 scales both."""
    image = Image.fromarray(to_bytes(picture))
    if chance(rng, 0.85):
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.4 + 1.5 * strength)))
    if chance(rng, 0.75):
        factor = rng.uniform(1.0, 1.1 + 1.3 * strength)
        size = (max(16, round(image.width / factor)), max(16, round(image.height / factor)))
        down, up = rng.integers(len(_KERNELS), size=2)
        small = image.resize(size, _KERNELS[down])
        image = small.resize(image.size, _KERNELS[up % 3])
    return to_floats(np.asarray(image))


def grained(rng: np.random.Generator, picture: Array, sigma: float) -> Array:
    """Film grain: white or slightly clumped, monochrome or in colour, stronger in the mid-tones at times."""
    height, width = picture.shape[:2]
    channels = 1 if chance(rng, 0.5) else 3
    noise = rng.standard_normal((height, width, channels), dtype=np.float32)
    if chance(rng, 0.3):
        # Neighbouring grains hang together; the division restores the spread that averaging takes.
        shifted = (np.roll(noise, 1, 0), np.roll(noise, 1, 1), np.roll(noise, (1, 1), (0, 1)))
        noise = ((noise + sum(shifted)) / 2).astype(np.float32)
    elif chance(rng, 0.2):
        fine = noise[: height // 2 + 1, : width // 2 + 1]
        noise = np.repeat(np.repeat(fine, 2, 0), 2, 1)[:height, :width]
    if channels == 3 and chance(rng, 0.5):
        noise = 0.7 * noise + 0.7 * noise[..., :1]
    if chance(rng, 0.35):
        luma = picture.mean(2, keepdims=True)
        noise = noise * np.clip(0.4 + 2.4 * luma * (1 - luma), 0, 1).astype(np.float32)
    return picture + noise * np.float32(sigma)


def halftoned(rng: np.random.Generator, picture: Array) -> Array:
    """Dots of a printed page: a rotated cosine screen, added softly."""
    height, width = picture.shape[:2]
    pitch, angle = rng.uniform(2.5, 6.0), rng.uniform(0, np.pi)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    along = (xs * np.cos(angle) + ys * np.sin(angle)) * (2 * np.pi / pitch)
    across = (ys * np.cos(angle) - xs * np.sin(angle)) * (2 * np.pi / pitch)
    screen = (np.cos(along) * np.cos(across)).astype(np.float32) * np.float32(rng.uniform(0.03, 0.12))
    return picture + screen[..., None]


def on_paper(rng: np.random.Generator, picture: Array) -> Array:
    """Texture of the paper: silk honeycomb, linen or rough fibre, as a multiplication of a few percent."""
    height, width = picture.shape[:2]
    kind, depth = rng.random(), np.float32(rng.uniform(0.02, 0.09))
    if kind < 0.35:
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        pitch = rng.uniform(4, 9)
        relief = np.sin(xs * (2 * np.pi / pitch)) * np.sin((ys + xs * 0.5) * (2 * np.pi / pitch))
    elif kind < 0.6:
        rows = rng.standard_normal((height, 1)) + rng.standard_normal((1, width))
        relief = rows * 0.5
    else:
        coarse = rng.standard_normal((height // 3 + 2, width // 3 + 2)).astype(np.float32)
        grown = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
        relief = np.asarray(grown) * smooth_field(rng, height, width, 4)
    return picture * (1 + depth * relief[..., None].astype(np.float32))


def compressed(rng: np.random.Generator, picture: Array, lowest: int = 30, highest: int = 97) -> np.ndarray:
    """JPEG round trip at a random quality → uint8."""
    buffer = io.BytesIO()
    subsampling = int(rng.choice((0, 2, 2)))
    quality = int(rng.integers(lowest, highest))
    Image.fromarray(to_bytes(picture)).save(buffer, "JPEG", quality=quality, subsampling=subsampling)
    return np.asarray(Image.open(buffer).convert("RGB"))


def scanner_soft(rng: np.random.Generator, picture: Array) -> Array:
    """A scanner's slight blur over everything, damage included."""
    channels = [blurred(picture[..., channel], rng.uniform(0.3, 0.7)) for channel in range(3)]
    return np.stack(channels, axis=2)
