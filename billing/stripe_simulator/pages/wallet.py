"""Cards and accounts in words."""

from billing.stripe_simulator.store import Body

NAMES = {"sepa_debit": "SEPA account", "us_bank_account": "US bank account"}


def described(method: Body) -> str:
    """`Visa ending in 4242`; takes a payment method or a charge's `payment_method_details`."""
    kind = method["type"]
    details = method[kind]
    name = details["brand"].title() if kind == "card" else NAMES.get(kind, kind)
    return f"{name} ending in {details['last4']}"
