"""Pictures in and out: a stranger's bytes become clean RGB pixels in a sandbox, pixels become files.

Knows no Django and no torch.
"""

from .decoding import Decoded, decode
from .encoding import MAX_SIDES, encode, preview, to_picture
from .formats import MIME_TYPES, SUFFIXES, Format, sniff
from .limits import MAX_BYTES, MAX_MASK_BYTES, MAX_PIXELS, MAX_SIDE, MIN_SIDE
from .mask import read_mask, sniff_mask
from .refusal import DecoderFailed, ImageRefused, MaskRefused

__all__ = [
    "MAX_BYTES",
    "MAX_MASK_BYTES",
    "MAX_PIXELS",
    "MAX_SIDE",
    "MAX_SIDES",
    "MIME_TYPES",
    "MIN_SIDE",
    "SUFFIXES",
    "Decoded",
    "DecoderFailed",
    "Format",
    "ImageRefused",
    "MaskRefused",
    "decode",
    "encode",
    "preview",
    "read_mask",
    "sniff",
    "sniff_mask",
    "to_picture",
]
