"""Telling a file's format from its first bytes; names and Content-Type headers are not asked."""

from typing import Literal

from .limits import MAX_BYTES
from .refusal import ImageRefused

Format = Literal["jpeg", "png", "webp"]

MIME_TYPES: dict[Format, str] = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
SUFFIXES: dict[Format, str] = {"jpeg": ".jpg", "png": ".png", "webp": ".webp"}


def sniff(content: bytes) -> Format:
    """The format by magic bytes. Raises ImageRefused: empty, image_too_large, unsupported_format."""
    if not content:
        raise ImageRefused("empty")
    if len(content) > MAX_BYTES:
        raise ImageRefused("image_too_large", f"{len(content)} bytes")
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    raise ImageRefused("unsupported_format", f"begins with {content[:12].hex()}")
