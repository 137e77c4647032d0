"""Money is integer minor units and a currency; this is the one place that turns it into text."""

from decimal import Decimal

from django.utils.formats import number_format

# Stripe counts these in whole units and in thousandths; everything else in hundredths.
ZERO_DECIMAL = frozenset(
    ("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf")
)
THREE_DECIMAL = frozenset(("bhd", "jod", "kwd", "omr", "tnd"))
SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def decimal_places(currency: str) -> int:
    """Digits behind the point: 0, 2 or 3."""
    code = currency.lower()
    return 0 if code in ZERO_DECIMAL else 3 if code in THREE_DECIMAL else 2


def format_money(amount: int, currency: str) -> str:
    """`2000`, `usd` → `$20.00`; `500`, `jpy` → `¥500`; `500`, `chf` → `CHF 5.00`.

    Separators as the active language has them.
    """
    places = decimal_places(currency)
    number = number_format(Decimal(abs(amount)).scaleb(-places), places, force_grouping=True)
    code = currency.lower()
    sign = "-" if amount < 0 else ""
    return f"{sign}{SYMBOLS[code]}{number}" if code in SYMBOLS else f"{sign}{code.upper()} {number}"
