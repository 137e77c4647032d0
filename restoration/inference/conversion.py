"""Reads Real-ESRGAN x4plus out of its ncnn files (.param text, .bin weights); numpy only, nothing is unpickled."""

import json
from pathlib import Path

import numpy as np

BLOCKS = 23
HALF_PRECISION_FLAG = 0x01306B47


class ConversionError(ValueError):
    """The ncnn files are not the network that this reader knows."""


def layer_names() -> list[str]:
    """The names of the 351 convolutions in the order in which ncnn stores them."""
    body = [
        f"body.{block}.rdb{dense}.conv{conv}"
        for block in range(BLOCKS)
        for dense in (1, 2, 3)
        for conv in (1, 2, 3, 4, 5)
    ]
    return ["conv_first", *body, "conv_body", "conv_up1", "conv_up2", "conv_hr", "conv_last"]


def convolutions(param: str) -> list[tuple[int, int]]:
    """(output channels, weight count) of each 3x3 convolution in a .param text, in file order."""
    found = []
    for line in param.splitlines()[2:]:
        kind, _, inputs, outputs, *rest = line.split()
        if kind != "Convolution":
            continue
        keys = dict(item.split("=", 1) for item in rest[int(inputs) + int(outputs) :])
        if keys.get("1") != "3" or keys.get("4") != "1" or keys.get("5") != "1":
            raise ConversionError(f"A convolution is not 3x3 with padding 1 and bias: {line.strip()}")
        found.append((int(keys["0"]), int(keys["6"])))
    return found


def read(param: Path, binary: Path) -> dict[str, np.ndarray]:
    """
    Weights [out, in, 3, 3] as float16 and biases [out] as float32, named after `layer_names`.

    Raises ConversionError unless layers, sizes and the end of the .bin agree to the byte.
    """
    shapes = convolutions(param.read_text(encoding="ascii"))
    names = layer_names()
    if len(shapes) != len(names):
        raise ConversionError(f"{param.name} has {len(shapes)} convolutions, expected {len(names)}.")
    data = binary.read_bytes()
    tensors: dict[str, np.ndarray] = {}
    offset = 0
    for name, (channels, count) in zip(names, shapes, strict=True):
        weights_bytes = (2 * count + 3) // 4 * 4
        end = offset + 4 + weights_bytes + 4 * channels
        if end > len(data) or int.from_bytes(data[offset : offset + 4], "little") != HALF_PRECISION_FLAG:
            raise ConversionError(f"{binary.name} does not hold half-precision weights for {name}.")
        weights = np.frombuffer(data, "<f2", count, offset + 4)
        bias = np.frombuffer(data, "<f4", channels, offset + 4 + weights_bytes)
        tensors[f"{name}.weight"] = weights.reshape(channels, count // (channels * 9), 3, 3)
        tensors[f"{name}.bias"] = bias
        offset = end
    if offset != len(data):
        raise ConversionError(f"{binary.name} has {len(data) - offset} bytes after the last layer.")
    return tensors


def serialise(tensors: dict[str, np.ndarray]) -> bytes:
    """
    The tensors as a safetensors file.

    Written here and not by the safetensors package, because the result is checked against a hash and its
    header order is the package's own affair.
    """
    kinds = {"float16": "F16", "float32": "F32"}
    header: dict[str, object] = {}
    chunks = []
    offset = 0
    # Widest type first keeps every tensor aligned, which readers that map the file rely on.
    for name in sorted(tensors, key=lambda key: (-tensors[key].itemsize, key)):
        tensor = np.ascontiguousarray(tensors[name])
        header[name] = {
            "dtype": kinds[tensor.dtype.name],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + tensor.nbytes],
        }
        chunks.append(tensor.tobytes())
        offset += tensor.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + b"".join(chunks)
