"""Small pictures and the bytes of files, whole and broken, made here so that no test depends on a file."""

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def scene(width: int = 64, height: int = 48) -> Image.Image:
    """A smooth picture that no turn or flip leaves the same: red grows to the right, green downwards."""
    y, x = np.mgrid[0:height, 0:width]
    red, green = x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1)
    return Image.fromarray(np.stack([red, green, np.full_like(x, 90)], -1).astype(np.uint8))


def noise(width: int = 64, height: int = 48) -> Image.Image:
    pixels = np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def save(image: Image.Image, format: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *extra: bytes, rows: bytes | None = None) -> bytes:
    """A grey PNG with any size in its header; `rows` defaults to the black picture of that size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(bytes((width + 1) * height)) if rows is None else rows
    return PNG_MAGIC + chunk(b"IHDR", header) + b"".join(extra) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def with_chunk(content: bytes, *extra: bytes) -> bytes:
    """The PNG with chunks put in behind its header."""
    return content[:33] + b"".join(extra) + content[33:]


def jpeg_sized(content: bytes, width: int, height: int) -> bytes:
    """The JPEG with another size in its frame header."""
    at = content.index(b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", height, width) + content[at + 4 :]


def webp_sized(width: int, height: int) -> bytes:
    """A WebP whose extended header claims a canvas of that size."""
    vp8 = save(scene(), "WEBP")[12:]
    canvas = struct.pack("<I", 0) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBP" + b"VP8X" + struct.pack("<I", len(canvas)) + canvas + vp8
    return b"RIFF" + struct.pack("<I", len(body)) + body


def flip(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
