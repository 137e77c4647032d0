"""A supervisor over two sleeping children: `python -m tests.core.supervised FOLDER` notes their ids there."""

import sys
from pathlib import Path

from core.supervisor import Supervisor

CHILD = """
import os, pathlib, sys, time
folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
with (folder / name).open("a") as file:
    file.write(f"{os.getpid()}\\n")
print(os.environ.get("MARK", ""), flush=True)
while True:
    time.sleep(60)
"""


def main(folder: str) -> None:
    """Watch until a signal asks to stop."""
    supervisor = Supervisor(Path(folder) / "logs")
    try:
        for name in ("first", "second"):
            supervisor.start(
                name, [sys.executable, "-c", CHILD, folder, name], env={"MARK": f"this is {name}"}
            )
        supervisor.watch()
    finally:
        supervisor.stop()


if __name__ == "__main__":
    main(sys.argv[1])
