"""The shape of a new payment method."""

from billing.stripe_simulator import ids
from billing.stripe_simulator.bank_accounts import Account
from billing.stripe_simulator.cards import Card, fingerprint
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.payer import Payer
from billing.stripe_simulator.store import Body

CHECKS = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}


def shaped(type: str, details: Body, payer: Payer, allow_redisplay: str) -> Body:
    """The payment method as the API shows it, attached to nobody."""
    return {
        "id": ids.new("pm"),
        "object": "payment_method",
        "allow_redisplay": allow_redisplay,
        "billing_details": payer.billing_details(),
        type: details,
        "created": now(),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": type,
    }


def card_method(card: Card, payer: Payer, allow_redisplay: str = "unspecified") -> Body:
    """`allow_redisplay`: `always` where the customer asked to have it saved, `limited` where the shop did."""
    details = {
        "brand": card.brand,
        "checks": CHECKS,
        "country": "US",
        "display_brand": card.brand,
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "fingerprint": fingerprint(card.number),
        "funding": "credit",
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    return shaped("card", details, payer, allow_redisplay)


def account_method(account: Account, payer: Payer) -> Body:
    """A bank account that a debit is taken from."""
    known: Body = {"fingerprint": fingerprint(account.number), "last4": account.number[-4:]}
    if account.kind == "sepa_debit":
        country = account.number[:2]
        known |= {"bank_code": account.number[4:12], "branch_code": "", "country": country}
        known["generated_from"] = {"charge": None, "setup_attempt": None}
    else:
        known |= {
            "account_holder_type": "individual",
            "account_type": "checking",
            "bank_name": "SIMULATOR BANK",
            "financial_connections_account": None,
            "networks": {"preferred": "ach", "supported": ["ach"]},
            "routing_number": "110000000",
            "status_details": {},
        }
    return shaped(account.kind, known, payer, "limited")
