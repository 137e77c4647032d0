"""What a photo may be: the figures that documentation, messages and the sandbox share."""

MAX_BYTES = 5 * 1024 * 1024
MAX_MASK_BYTES = 1024 * 1024
MAX_PIXELS = 25_000_000
MAX_SIDE = 8192
MIN_SIDE = 16
