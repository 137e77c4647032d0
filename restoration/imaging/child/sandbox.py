"""The process that decodes a stranger's bytes: stdin to raw RGB8 on stdout, a JSON verdict on stderr.

Run by path with `python -I -S` and an empty environment. Of the project it can see its own folder only. It
confines itself before it looks at the bytes; `decoding.py` is the parent's side.
"""

import importlib
import json
import os
import sys
from io import BytesIO


def main(arguments: list[str]) -> int:
    """Arguments: format, Pillow's folder, parent's pid, limits. Exit code 0 means that there is a verdict."""
    format_name, library, parent, address_space, file_size, cpu_s, *figures = arguments
    sys.path[:] = [os.path.dirname(os.path.abspath(__file__)), *sys.path, library]
    confinement = importlib.import_module("confinement")
    confinement.limit(int(address_space), int(file_size), int(cpu_s))
    confinement.die_with(int(parent))
    pixels = importlib.import_module("pixels")
    content = sys.stdin.buffer.read()
    pixels.prepare(format_name, content)
    confinement.close_the_door()
    try:
        limits = pixels.Limits(*(int(figure) for figure in figures))
        width, height = pixels.decode(format_name, BytesIO(content), limits, sys.stdout.buffer)
        verdict: dict[str, object] = {"width": width, "height": height}
    except pixels.Refused as exc:
        verdict = {"refused": str(exc)}
    except pixels.OutputFailed as exc:
        verdict = {"failed": str(exc)}
    except Exception as exc:
        # Decoders raise nearly anything on damaged bytes: ValueError, SyntaxError, struct.error, MemoryError.
        verdict = {"refused": "corrupt_image", "reason": f"{type(exc).__name__}: {exc}"[:200]}
    sys.stderr.write("\n" + json.dumps(verdict))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
