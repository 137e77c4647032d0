"""`python -m tests.faults.money`: everything that happens to money, at once and broken; one count a line.

Ends with 1 when a credit was granted twice, lost or spent twice, when a book does not balance, or when a
mutant got away. Runs on SQLite, or with DATABASE_URL on a new database of that PostgreSQL server.
"""

import argparse
import json
import sys

import tests.environment  # noqa: F401  the settings of this process itself


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.money", description=__doc__)
    parser.add_argument("--deliveries", type=int, help="how many the platform takes (default 10000)")
    parser.add_argument("--purchases", type=int, help="what they tell of (default 300)")
    parser.add_argument("--kills", type=int, help="of web and workers (default 200)")
    parser.add_argument("--short", action="store_true", help="a part of everything, within a minute")
    parser.add_argument("--only", choices=["deliveries", "kills", "spenders", "mutants"], help="one part")
    parser.add_argument("--seed", type=int, default=1, help="of every random choice (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead")
    options = parser.parse_args()

    from tests.faults.money.campaign import SHORT, Size, broken, run, table

    size = SHORT if options.short else Size()
    given = {name: getattr(options, name) for name in ("deliveries", "purchases", "kills")}
    report = run(size.changed(given), only=options.only, seed=options.seed)
    if options.json:
        print(json.dumps(report))
    else:
        for name, number in report.items():
            print(f"{name} {number}")
        print(f"\n{table(report)}")
    for line in broken(report):
        print(f"BROKEN {line}", file=sys.stderr)
    return int(bool(broken(report)))


if __name__ == "__main__":
    sys.exit(main())
