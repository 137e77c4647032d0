"""Make an API key from the shell."""

import argparse
import json
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from accounts import api_keys
from accounts.services import account_for_email
from core.errors import AppError


class Command(BaseCommand):
    """Prints one JSON object, the key in it; the key cannot be had again."""

    help = "Make an API key; makes the account too when the address is new (without trial credits)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True, help="what the key is for")
        parser.add_argument("--expires-in-days", type=int, help="default: never")
        parser.add_argument("--json", action="store_true", help="the default: the last line is always JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["expires_in_days"]
        try:
            validate_email(options["email"])
            expires_at = timezone.now() + timedelta(days=days) if days is not None else None
            with transaction.atomic():  # a refused key leaves no account behind
                account = account_for_email(email=options["email"])
                row, key = api_keys.create(account=account, name=options["name"], expires_at=expires_at)
        except AppError as exc:
            raise CommandError(exc.message) from exc
        except Exception as exc:
            raise CommandError(f"{options['email']!r}: {exc}") from exc
        self.stdout.write(json.dumps({"api_key": key, "id": row.public_id, "account": row.account.public_id}))
