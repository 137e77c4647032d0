"""API keys: making, checking and hashing them.

`hl_live_` or `hl_test_`, 32 characters of 0-9A-Za-z from the system's random source, and the CRC32 of
everything before it as 6 characters of the same alphabet. Stored as HMAC-SHA256 under a pepper: a stolen
database is worth nothing without it, and at 190 bits a slow hash would only be a way to overload us.
"""

import hashlib
import hmac
import re
import secrets
import string
import zlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.models import Account, ApiKey
from core.errors import AppError

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
SHAPE = re.compile(r"hl_(live|test)_[0-9A-Za-z]{32}[0-9A-Za-z]{6}")
TOUCH_EVERY = timedelta(minutes=1)


def checksum(body: str) -> str:
    """CRC32 of the ASCII text, in base 62 (0 is '0'), six characters, padded with '0' on the left."""
    rest = zlib.crc32(body.encode("ascii"))
    digits = ""
    while rest:
        rest, digit = divmod(rest, 62)
        digits = ALPHABET[digit] + digits
    return digits.rjust(6, "0")


def generate(mode: str) -> str:
    """A new key. mode: live | test."""
    body = f"hl_{mode}_" + "".join(secrets.choice(ALPHABET) for _ in range(32))
    return body + checksum(body)


def is_well_formed(key: str) -> bool:
    """Whether shape and checksum are right; costs no query."""
    return bool(SHAPE.fullmatch(key)) and hmac.compare_digest(checksum(key[:-6]), key[-6:])


def digest(key: str) -> str:
    """What is stored of a key."""
    return hmac.new(settings.API_KEY_PEPPER.encode(), key.encode(), hashlib.sha256).hexdigest()


def create(
    *, account: Account, name: str, expires_at: datetime | None = None, mode: str = ApiKey.Mode.LIVE
) -> tuple[ApiKey, str]:
    """A stored key and its text, which cannot be had again."""
    name = name.strip()
    if not 1 <= len(name) <= 80:
        raise AppError("invalid_name", 400, "A key needs a name of 1 to 80 characters.")
    if expires_at is not None and expires_at <= timezone.now():
        raise AppError("invalid_expiry", 400, "The expiry must lie in the future.")
    key = generate(mode)
    row = ApiKey.objects.create(
        account=account,
        name=name,
        mode=mode,
        digest=digest(key),
        pepper_id=settings.API_KEY_PEPPER_ID,
        last4=key[-4:],
        expires_at=expires_at,
    )
    return row, key


def find(key: str, *, ended_too: bool = False) -> ApiKey | None:
    """The usable key with this text, or None: unknown, revoked and expired look the same.

    ended_too: a revoked or expired one as well.
    """
    if not is_well_formed(key):
        return None
    row = ApiKey.objects.select_related("account").filter(digest=digest(key)).first()
    return row if row is not None and (ended_too or row.is_usable) else None


def touch(row: ApiKey) -> None:
    """Note the use, at most once a minute, so that a busy key does not write on every call."""
    now = timezone.now()
    if row.last_used_at is None or row.last_used_at < now - TOUCH_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - TOUCH_EVERY)
        ApiKey.objects.filter(stale, pk=row.pk).update(last_used_at=now)


def revoke(*, account: Account, public_id: str) -> None:
    """End a key of this account at once. Repeating it changes nothing."""
    ApiKey.objects.filter(account=account, public_id=public_id, revoked_at=None).update(
        revoked_at=timezone.now()
    )
