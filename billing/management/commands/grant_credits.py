"""Grant credits from the shell."""

import argparse
import json
import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Account
from billing import ledger
from billing.models import CreditGrant
from billing.selectors import balance

MOST = 1_000_000  # a slip of the finger, not a customer


class Command(BaseCommand):
    """Prints the balance afterwards as one JSON object."""

    help = "Grant credits to the account of an e-mail address. Needs a reason; it goes into the ledger."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--amount", type=int, required=True, help="credits, 1 or more")
        parser.add_argument("--reason", required=True, help="a code or a few words without personal data")
        parser.add_argument("--key", help="the same key grants once, however often the command runs")
        parser.add_argument("--json", action="store_true", help="the default: the last line is always JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        reason = options["reason"].strip()
        if options["amount"] < 1:
            raise CommandError("--amount must be 1 or more.")
        if options["amount"] > MOST:
            raise CommandError(f"--amount must be at most {MOST}.")
        if not reason:
            raise CommandError("--reason must not be empty.")
        if len(reason) > 64:
            raise CommandError("--reason must not be longer than 64 characters: the ledger would cut it.")
        if len(options["key"] or "") > 100:
            raise CommandError("--key must not be longer than 100 characters.")
        email = options["email"].strip().lower()
        account = Account.objects.filter(memberships__user__email=email).order_by("pk").first()
        if account is None:
            raise CommandError(f"No account for {email}. issue_api_key makes one.")
        ledger.grant(
            account=account,
            amount=options["amount"],
            kind=CreditGrant.Kind.ADJUST,
            source=f"adjust:{options['key'] or secrets.token_hex(12)}",
            reason=reason,
        )
        self.stdout.write(json.dumps({"credits": balance(account).as_dict()}))
