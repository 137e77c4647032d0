"""What beat does by itself, on demand: for a longer period, or to look now."""

import argparse
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from billing import reconciliation


class Command(BaseCommand):
    """Ends with 1 when something is unexplained."""

    help = "Make Stripe, purchases and ledger agree, and say what does not; the last line is one JSON object."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--days",
            type=float,
            default=reconciliation.COMPARED_DAYS,
            help="how far back Stripe's balance is compared (default %(default)s)",
        )
        parser.add_argument(
            "--at-once",
            action="store_true",
            help="count as missed what is only seconds old; Stripe may still be delivering it",
        )

    def handle(self, *args: Any, days: float, at_once: bool, **options: Any) -> None:
        counts = reconciliation.everything(days, at_once=at_once)
        self.stdout.write(json.dumps(counts))
        if counts["unexplained"]:
            sys.exit(1)
