"""A picture's bytes to upright sRGB pixels on white, in strips, so that only the decoder's own copy is large."""

import importlib
import warnings
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

from PIL import Image, ImageFile, ImagePalette  # noqa: F401 (Pillow would import the palette when files are shut)


class Limits(NamedTuple):
    """In pixels."""

    max_pixels: int
    max_side: int
    min_side: int


class Refused(Exception):
    """Carries the refusal code."""


class OutputFailed(Exception):
    """The result could not be written; not the picture's fault."""


# Pillow's own classes: Image.open would import every plugin, and take an MPO for an animation.
READERS = {
    "jpeg": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "png": ("PIL.PngImagePlugin", "PngImageFile"),
    "webp": ("PIL.WebPImagePlugin", "WebPImageFile"),
}
STRIP_ROWS = 128
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def prepare(format_name: str, content: bytes) -> None:
    """Import what this picture will need, while files can still be opened."""
    importlib.import_module(READERS[format_name][0])
    marks = content.upper()
    if b"EXIF" in marks or b"TIFF" in marks:
        importlib.import_module("PIL.TiffImagePlugin")
    if b"ICC" in marks:
        importlib.import_module("PIL.ImageCms")


def decode(format_name: str, source: BinaryIO, limits: Limits, out: BinaryIO) -> tuple[int, int]:
    """Write the picture's RGB8 rows to `out`; returns width and height in pixels.

    Raises Refused, OutputFailed, or whatever Pillow raises on damaged bytes.
    """
    warnings.simplefilter("ignore")
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    # Pillow raises above twice this figure, for WebP before it allocates the canvas.
    Image.MAX_IMAGE_PIXELS = limits.max_pixels // 2
    module, name = READERS[format_name]
    try:
        image: Any = getattr(importlib.import_module(module), name)(source)
    except Image.DecompressionBombError as exc:
        raise Refused("too_many_pixels") from exc
    width, height = image.size
    if width * height > limits.max_pixels or max(width, height) > limits.max_side:
        raise Refused("too_many_pixels")
    if min(width, height) < limits.min_side:
        raise Refused("too_small")
    # A JPEG with more pictures inside (MPO: depth map, HDR gain map) is a still photo, its first one.
    if getattr(image, "n_frames", 1) > 1:
        raise Refused("animated_image")
    image.load()
    image = upright(image)
    colours = srgb_converter(image)
    for top in range(0, image.height, STRIP_ROWS):
        strip = image.crop((0, top, image.width, min(top + STRIP_ROWS, image.height)))
        rows = to_rgb(strip, colours).tobytes()
        try:
            out.write(rows)
            out.flush()
        except OSError as exc:
            raise OutputFailed(str(exc)) from exc
    return image.size


def upright(image: Any) -> Any:
    """The image turned as its EXIF orientation says; broken or unknown orientations are ignored."""
    try:
        turn = TURNS.get(image.getexif().get(ORIENTATION))
    except Exception:
        return image
    if turn is None:
        return image
    turned = image.transpose(turn)
    turned.info = image.info
    return turned


def srgb_converter(image: Any) -> Any:
    """(mode, transform to sRGB from that mode) by the embedded ICC profile; None where none is needed."""
    embedded = image.info.get("icc_profile")
    mode = {"P": "RGB", "PA": "RGB", "RGBA": "RGB", "LA": "L", "1": "L"}.get(image.mode, image.mode)
    if not embedded or mode not in ("RGB", "L", "CMYK"):
        return None
    try:
        cms: Any = importlib.import_module("PIL.ImageCms")
        profile = cms.ImageCmsProfile(BytesIO(embedded))
        if "srgb" in cms.getProfileDescription(profile).lower():
            # Only rounding would change.
            return None
        return mode, cms.buildTransform(profile, cms.createProfile("sRGB"), mode, "RGB")
    except Exception:
        return None


def to_rgb(strip: Any, colours: Any) -> Any:
    """One strip of any mode as RGB: 16 bits scaled, colours to sRGB, what is transparent onto white."""
    if strip.mode.startswith("I"):
        strip = from_sixteen_bits(strip)
    alpha = None
    if strip.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in strip.info:
        strip = strip.convert("RGBA")
        alpha = strip.getchannel("A")
        strip = strip.convert("RGB")
    if strip.mode not in ("RGB", "L", "CMYK"):
        strip = strip.convert("L" if strip.mode == "1" else "RGB")
    if colours is not None:
        mode, transform = colours
        strip = transform.apply(strip if strip.mode == mode else strip.convert(mode))
    strip = strip.convert("RGB")
    if alpha is None:
        return strip
    white = Image.new("RGB", strip.size, "white")
    white.paste(strip, mask=alpha)
    return white


def from_sixteen_bits(strip: Any) -> Any:
    """Grey of 0 to 65535 as 8 bits. Pillow's own conversion clips at 255, which makes such pictures white."""
    grey = strip.convert("I").point(lambda value: value * (255 / 65535) + 0.5).convert("L")
    grey.info = {}
    return grey
