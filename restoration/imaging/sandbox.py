"""The child process that decodes a stranger's bytes: stdin to raw RGB8 on stdout, a JSON verdict on stderr.

Run by path with `python -I -S` and an empty environment, so it imports nothing of the project. It limits
itself before it reads the first byte; see `decoding.py` for the parent's side.
"""

import json
import os
import sys
from typing import Any, NamedTuple


class Limits(NamedTuple):
    """Picture limits in pixels, then address space and file size in bytes, then CPU seconds."""

    max_pixels: int
    max_side: int
    min_side: int
    address_space: int
    file_size: int
    cpu_s: int


class Refused(Exception):
    """Carries the refusal code."""


class OutputFailed(Exception):
    """The result could not be written; not the picture's fault."""


STRIP_ROWS = 128
ORIENTATION = 0x0112


def confine(limits: Limits, parent: int) -> None:
    """Give up what decoding does not need, for good; end the process when the parent is gone."""
    import resource

    wanted = {
        "RLIMIT_AS": limits.address_space,
        "RLIMIT_CPU": limits.cpu_s,
        "RLIMIT_FSIZE": limits.file_size,
        "RLIMIT_NOFILE": 32,
        "RLIMIT_CORE": 0,
    }
    for name, most in wanted.items():
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (ValueError, OSError):
            # macOS, for development only, knows no limit on address space.
            if sys.platform == "linux":
                raise
    if sys.platform == "linux":
        import ctypes
        import signal

        prctl = ctypes.CDLL(None, use_errno=True).prctl
        die_with_parent, no_new_privileges = 1, 38
        if prctl(die_with_parent, signal.SIGKILL, 0, 0, 0) or prctl(no_new_privileges, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")
        if os.getppid() != parent:
            # The parent died before the signal was asked for.
            os._exit(1)


def decode(format_name: str, limits: Limits) -> tuple[int, int]:
    """Decode stdin as `format_name` and write RGB8 rows to stdout; returns width and height."""
    from PIL import Image, ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = False
    # Pillow raises above twice this figure, before it allocates a WebP's canvas.
    Image.MAX_IMAGE_PIXELS = limits.max_pixels // 2
    try:
        image = reader(format_name)(sys.stdin.buffer)
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
        put(to_rgb(strip, colours).tobytes())
    return image.size


def reader(format_name: str) -> Any:
    """Pillow's class for the format. Image.open would import every plugin, and see an MPO as animated."""
    if format_name == "jpeg":
        from PIL.JpegImagePlugin import JpegImageFile

        return JpegImageFile
    if format_name == "png":
        from PIL.PngImagePlugin import PngImageFile

        return PngImageFile
    from PIL.WebPImagePlugin import WebPImageFile

    return WebPImageFile


def put(rows: bytes) -> None:
    """Write pixels to stdout, the whole of them."""
    try:
        sys.stdout.buffer.write(rows)
        sys.stdout.buffer.flush()
    except OSError as exc:
        raise OutputFailed(str(exc)) from exc


def upright(image: Any) -> Any:
    """The image turned as its EXIF orientation says; broken or unknown orientations are ignored."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    try:
        turn = turns.get(image.getexif().get(ORIENTATION))
    except Exception:
        return image
    if turn is None:
        return image
    turned = image.transpose(turn)
    turned.info = image.info
    return turned


def srgb_converter(image: Any) -> Any:
    """(mode, transform to sRGB from that mode) by the embedded ICC profile; None where none is needed."""
    profile_bytes = image.info.get("icc_profile")
    mode = {"P": "RGB", "PA": "RGB", "RGBA": "RGB", "LA": "L", "1": "L"}.get(image.mode, image.mode)
    if not profile_bytes or mode not in ("RGB", "L", "CMYK"):
        return None
    try:
        from io import BytesIO

        from PIL import ImageCms

        profile = ImageCms.ImageCmsProfile(BytesIO(profile_bytes))
        if "srgb" in ImageCms.getProfileDescription(profile).lower():
            # Only rounding would change.
            return None
        return mode, ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), mode, "RGB")
    except Exception:
        return None


def to_rgb(strip: Any, colours: Any) -> Any:
    """One strip of any mode as RGB: 16 bits scaled, colours to sRGB, what is transparent onto white."""
    from PIL import Image

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
    if alpha is not None:
        white = Image.new("RGB", strip.size, "white")
        white.paste(strip, mask=alpha)
        return white
    return strip


def from_sixteen_bits(strip: Any) -> Any:
    """Grey of 0 to 65535 as 8 bits. Pillow's own conversion clips at 255, which makes such pictures white."""
    grey = strip.convert("I").point(lambda value: value * (255 / 65535) + 0.5).convert("L")
    grey.info = {}
    return grey


def main(arguments: list[str]) -> int:
    """Arguments: format, Pillow's folder, parent's pid, limits. Exit code 0 means that there is a verdict."""
    format_name, library, parent, *figures = arguments
    limits = Limits(*(int(figure) for figure in figures))
    confine(limits, int(parent))
    sys.path.append(library)
    try:
        width, height = decode(format_name, limits)
        verdict: dict[str, object] = {"width": width, "height": height}
    except Refused as exc:
        verdict = {"refused": str(exc)}
    except OutputFailed as exc:
        verdict = {"failed": str(exc)}
    except Exception as exc:
        # Decoders raise nearly anything on damaged bytes: ValueError, SyntaxError, struct.error, MemoryError.
        verdict = {"refused": "corrupt_image", "reason": f"{type(exc).__name__}: {exc}"[:200]}
    sys.stderr.write("\n" + json.dumps(verdict))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
