"""Amounts in minor units: as the customer reads them, and the least that a card can be charged."""

from billing.stripe_simulator.errors import StripeFailure

ZERO_DECIMAL = frozenset(
    (
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "ugx",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    )
)
LEAST = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50}


def shown(amount: int, currency: str) -> str:
    """`2000`, `usd` → `USD 20.00`; `500`, `jpy` → `JPY 500`."""
    if currency in ZERO_DECIMAL:
        return f"{currency.upper()} {amount:,}"
    return f"{currency.upper()} {amount // 100:,}.{amount % 100:02d}"


def check_minimum(amount: int, currency: str) -> None:
    """Raises StripeFailure (400) for an amount that is too small to charge."""
    least = LEAST.get(currency, 50)
    if amount < least:
        raise StripeFailure(
            400,
            f"The total amount must be at least {shown(least, currency)}.",
            code="amount_too_small",
            param="amount",
        )
