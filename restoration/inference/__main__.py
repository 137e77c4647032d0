"""
python -m restoration.inference photo.jpg -o restored.png    restores photos
python -m restoration.inference weights list|add|verify      looks after weights and plug-ins
"""

import sys

from restoration.inference.cli import restore, weights


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; the exit status is 0, 1 when something failed, or 2 for a command that is not right."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["weights"]:
        return weights.main(given[1:])
    return restore.main(given)


if __name__ == "__main__":
    raise SystemExit(main())
