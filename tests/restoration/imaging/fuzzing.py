"""Decode mutated files in this process, within the sandbox's limits; prints how they ended.

Run by path: folder of the sandbox, Pillow's folder, seed, number of files; the files come on stdin as a
JSON list of pairs: format, base64.
"""

import base64
import importlib
import json
import random
import struct
import sys
import zlib
from collections import Counter
from io import BytesIO


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Flip, cut, repeat and overwrite a few places; the first bytes stay, or the sandbox would not see it."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(12, max(13, len(data)))
        length = chance.choice((1, 2, 4, 64))
        kind = chance.randrange(5)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            data[at : at + length] = chance.randbytes(length)
        elif kind == 2:
            del data[at : at + length]
        elif kind == 3:
            data[at:at] = data[at : at + length]
        else:
            data[at : at + 4] = chance.choice(
                (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\x20\0")
            )
    if chance.random() < 0.05:
        del data[chance.randrange(12, max(13, len(data))) :]
    if data.startswith(b"\x89PNG") and chance.random() < 0.8:
        mend(data)
    return bytes(data)


def mend(png: bytearray) -> None:
    """Make the chunks' checksums right again, so that more than the checksum is tried."""
    at = 8
    while at + 12 <= len(png):
        end = at + 8 + struct.unpack_from(">I", png, at)[0]
        if end + 4 > len(png):
            return
        struct.pack_into(">I", png, end, zlib.crc32(png[at + 4 : end]))
        at = end + 4


def main(folder: str, library: str, seed: str, count: str) -> None:
    sys.path[:0] = [folder]
    sys.path.append(library)
    confinement, pixels = importlib.import_module("confinement"), importlib.import_module("pixels")
    files = [(name, base64.b64decode(data)) for name, data in json.load(sys.stdin)]
    for name, content in files:
        pixels.prepare(name, content + b"exif icc")
    confinement.limit(768 << 20, 1 << 20, 90)
    limits = pixels.Limits(400_000, 8192, 16)
    chance = random.Random(seed)
    ends: Counter[str] = Counter()
    for _ in range(int(count)):
        name, content = chance.choice(files)
        out = BytesIO()
        try:
            width, height = pixels.decode(name, BytesIO(mutate(content, chance)), limits, out)
        except pixels.Refused as refused:
            ends[str(refused)] += 1
        except Exception:
            ends["corrupt_image"] += 1
        else:
            if len(out.getvalue()) != width * height * 3:
                raise SystemExit(f"{len(out.getvalue())} bytes for {width}x{height}")
            ends["decoded"] += 1
    json.dump(ends, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
