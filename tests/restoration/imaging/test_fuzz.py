"""Mutated files by the thousand: each is decoded or refused, none crashes, hangs or writes a wrong number of bytes."""

import base64
import json
import subprocess
import sys
from pathlib import Path

from PIL import Image

from restoration.imaging.decoding import LIBRARY, SANDBOX
from tests.restoration.imaging.samples import noise, save, scene

COUNT = 5000
EXIF = Image.Exif()
EXIF[0x0112] = 6
FILES = [
    ("jpeg", save(scene(), "JPEG", exif=EXIF)),
    ("jpeg", save(noise(), "JPEG", progressive=True, subsampling=0)),
    ("jpeg", save(scene().convert("CMYK"), "JPEG")),
    ("jpeg", save(scene(), "MPO", save_all=True, append_images=[noise()])),
    ("png", save(scene(), "PNG", exif=EXIF)),
    ("png", save(scene().quantize(16), "PNG", transparency=3)),
    ("png", save(scene().convert("LA"), "PNG")),
    ("png", save(scene(), "PNG", save_all=True, append_images=[noise()])),
    ("webp", save(scene(), "WEBP", exif=EXIF)),
    ("webp", save(noise().convert("RGBA"), "WEBP", lossless=True)),
    ("webp", save(scene(), "WEBP", save_all=True, append_images=[noise()])),
]


def test_mutated_files_end_well() -> None:
    files = json.dumps([(name, base64.b64encode(content).decode()) for name, content in FILES])
    script = str(Path(__file__).with_name("fuzzing.py"))
    done = subprocess.run(
        [sys.executable, "-I", "-S", script, str(SANDBOX.parent), LIBRARY, "heirloom", str(COUNT)],
        input=files,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    ends = json.loads(done.stdout)
    assert sum(ends.values()) == COUNT
    assert set(ends) <= {"decoded", "corrupt_image", "animated_image", "too_many_pixels", "too_small"}
    assert min(ends["decoded"], ends["corrupt_image"]) > COUNT // 20
