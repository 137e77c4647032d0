"""Tax as `automatic_tax` adds it: a flag and amounts. The rates are examples, no advice."""

from billing.stripe_simulator.store import Body

# Per mille of the price before tax.
RATES = {
    "AT": 200,
    "BE": 210,
    "DE": 190,
    "ES": 210,
    "FR": 200,
    "GB": 200,
    "IE": 230,
    "IT": 220,
    "JP": 100,
    "NL": 210,
    "PT": 230,
}
# Where prices are quoted before tax unless the price says otherwise.
EXCLUSIVE = ("cad", "usd")


def is_inclusive(price: Body) -> bool:
    """Whether the tax is in the price already."""
    if price["tax_behavior"] == "unspecified":
        return price["currency"] not in EXCLUSIVE
    return bool(price["tax_behavior"] == "inclusive")


def tax(amount: int, country: str | None, *, inclusive: bool) -> int:
    """The tax on, or in, an amount in minor units; halves are rounded up."""
    rate = RATES.get(country or "", 0)
    base = 1000 + rate if inclusive else 1000
    return (2 * amount * rate + base) // (2 * base)
