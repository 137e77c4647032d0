"""`python -m tests.faults`: a bounded kill campaign on an instance of its own; one count a line.

Ends with 1 when something was lost, charged wrongly or left behind.
"""

import argparse
import json
import sys

import tests.environment  # noqa: F401  the settings of the test process itself


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=120, help="how long processes are killed (default %(default)s)"
    )
    parser.add_argument(
        "--clients", type=int, default=10, help="customers that send at once (default %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of every random choice (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead")
    options = parser.parse_args()

    from tests.faults.campaign import Campaign, broken
    from tests.instance import new_instance

    instance = new_instance(RESTORATION_SHED_LOAD="0").start()
    try:
        report = Campaign(instance, options.seconds, clients=options.clients, seed=options.seed).run()
    finally:
        instance.stop()
    if options.json:
        print(json.dumps(report))
    else:
        for name, number in report.items():
            print(f"{number:8}  {name}")
    for line in broken(report):
        print(f"BROKEN  {line}", file=sys.stderr)
    return int(bool(broken(report)))


if __name__ == "__main__":
    sys.exit(main())
