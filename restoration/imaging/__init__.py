"""Pictures in and out: a stranger's bytes become clean RGB pixels in a sandbox, pixels become files.

Knows no Django and no torch.
"""

from .decoding import Decoded, decode
from .encoding import encode, preview, to_picture
from .formats import MIME_TYPES, SUFFIXES, Format, sniff
from .limits import MAX_BYTES, MAX_PIXELS, MAX_SIDE, MIN_SIDE
from .refusal import DecoderFailed, ImageRefused

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "MAX_SIDE",
    "MIME_TYPES",
    "MIN_SIDE",
    "SUFFIXES",
    "Decoded",
    "DecoderFailed",
    "Format",
    "ImageRefused",
    "decode",
    "encode",
    "preview",
    "sniff",
    "to_picture",
]
