"""`python -m tests.benchmarks`: every benchmark, each in a process of its own, one after another."""

import argparse
import subprocess
import sys

ALL = ("accepting", "held", "imaging", "engine")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", default=ALL, metavar="NAME", help=f"of {', '.join(ALL)} (default: all)"
    )
    options = parser.parse_args()
    if unknown := set(options.names) - set(ALL):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    failed = [
        name
        for name in options.names
        if subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"]).returncode
    ]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
