"""Ids that look like Stripe's: a prefix and random letters and digits."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits
LENGTHS = {"cus": 14, "prod": 14, "cs_test": 58, "req": 14}


def new(prefix: str) -> str:
    """`cus_…`, `pi_…`, `evt_…`: as long as Stripe's own."""
    return f"{prefix}_" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTHS.get(prefix, 24)))
