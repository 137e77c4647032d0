"""The file that a result is written to: its format, and whether that can hold the result."""

from restoration.imaging import MAX_SIDES, SUFFIXES, Decoded, Format
from restoration.inference.options import Options, OptionsError


def asked_format(options: Options) -> Format | None:
    """The format that the options ask for; None for that of the photo."""
    # "same" is the name of no format.
    return next((name for name in SUFFIXES if name == options.output_format), None)


def refuse_too_long(photo: Decoded, options: Options, file_format: Format) -> None:
    """Raises OptionsError when a file of this format cannot hold the size that the options ask for."""
    side = max(photo.width, photo.height) * options.upscale
    most = MAX_SIDES[file_format]
    if side > most:
        raise OptionsError(
            f"The result would be {side} pixels long; a {file_format} file can have {most} at most. "
            'Ask for another "output_format" or a smaller "upscale".'
        )
