"""Why a picture was refused, in a code and a sentence that says what is allowed."""

from .limits import MAX_BYTES, MAX_PIXELS, MAX_SIDE, MIN_SIDE

DETAILS = {
    "empty": "The file is empty; send a JPG, PNG or WebP photo.",
    "unsupported_format": "The file must be a JPG, PNG or WebP photo by its content, whatever its name says.",
    "corrupt_image": "The file is damaged or incomplete; send a JPG, PNG or WebP photo that opens elsewhere.",
    "animated_image": "The file is animated; send a single still photo.",
    "too_many_pixels": (
        f"The photo may have at most {MAX_PIXELS // 1_000_000} megapixels and {MAX_SIDE} pixels on a side."
    ),
    "too_small": f"The photo must be at least {MIN_SIDE} pixels on each side.",
    "image_too_large": f"The image file may be at most {MAX_BYTES // 1024**2} MiB.",
}


class ImageRefused(Exception):
    """The bytes are not a photo that is accepted. `code` is a key of DETAILS, `detail` its public sentence.

    `reason` is for the log: what the decoder said.
    """

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(f"{code}: {reason}" if reason else code)
        self.code = code
        self.detail = DETAILS[code]
        self.reason = reason


class MaskRefused(Exception):
    """The damage mask cannot be used with this photo. `detail` is the public sentence, `reason` for the log."""

    code = "invalid_mask"

    def __init__(self, detail: str, reason: str = "") -> None:
        super().__init__(f"{self.code}: {reason or detail}")
        self.detail = detail
        self.reason = reason


class DecoderFailed(RuntimeError):
    """The sandbox broke down for a reason that is not the picture's: no disk, no process, an outside kill.

    Worth another attempt; never the customer's fault.
    """
