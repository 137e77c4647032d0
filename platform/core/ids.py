"""Public ids: a prefix that names the kind of row, then 130 random bits in base32."""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford: no i, l, o, u to misread


def public_id(prefix: str) -> str:
    """`prefix_` + 26 random characters."""
    return f"{prefix}_" + "".join(secrets.choice(ALPHABET) for _ in range(26))
