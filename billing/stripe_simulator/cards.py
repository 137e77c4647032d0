"""Test card numbers and what becomes of them."""

import hashlib
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Decline:
    """Why a card was refused: `code` of the error, the issuer's `decline_code`, words for the customer."""

    code: str
    decline_code: str | None
    message: str


@dataclass(frozen=True)
class Behaviour:
    """What a card, or an account, does.

    `decline`: every charge is refused; `attaches`: it can still be saved. `challenge`: when the bank wants to
    see the customer; `until_set_up` ends once a payment saved the card for use without them. `dispute`:
    (reason, first status) of the dispute that follows a charge. `refund`: whether refunds stay pending for a
    while, or fail after they had succeeded.
    """

    decline: Decline | None = None
    attaches: bool = True
    challenge: Literal["never", "until_set_up", "always"] = "never"
    dispute: tuple[str, str] | None = None
    refund: Literal["succeeds", "pending", "fails"] = "succeeds"


def declined(code: str, decline_code: str | None, message: str, *, attaches: bool = False) -> Behaviour:
    return Behaviour(Decline(code, decline_code, message), attaches)


REFUSED = "Your card was declined."
ACCEPTED = Behaviour()
BEHAVIOURS = {
    "4242424242424242": ACCEPTED,
    "4000056655665556": ACCEPTED,
    "5555555555554444": ACCEPTED,
    "378282246310005": ACCEPTED,
    "4000000000000002": declined("card_declined", "generic_decline", REFUSED),
    "4000000000009995": declined("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    "4000000000009987": declined("card_declined", "lost_card", REFUSED),
    "4000000000009979": declined("card_declined", "stolen_card", REFUSED),
    "4000000000000069": declined("expired_card", None, "Your card has expired."),
    "4000000000000127": declined("incorrect_cvc", None, "Your card's security code is incorrect."),
    "4000000000000119": declined(
        "processing_error", None, "An error occurred while processing your card. Try again in a little bit."
    ),
    "4000000000000341": declined("card_declined", "generic_decline", REFUSED, attaches=True),
    "4000002500003155": Behaviour(challenge="until_set_up"),
    "4000002760003184": Behaviour(challenge="always"),
    "4000000000000259": Behaviour(dispute=("fraudulent", "needs_response")),
    "4000000000002685": Behaviour(dispute=("product_not_received", "needs_response")),
    "4000000000001976": Behaviour(dispute=("fraudulent", "warning_needs_response")),
    "4000000000007726": Behaviour(refund="pending"),
    "4000000000005126": Behaviour(refund="fails"),
}
NOT_A_TEST_CARD = declined(
    "card_declined",
    "test_mode_live_card",
    "Your card was declined. This is a simulator: use one of the test card numbers.",
)
NAMED = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_createDisputeInquiry": "4000000000001976",
    "pm_card_pendingRefund": "4000000000007726",
    "pm_card_refundFail": "4000000000005126",
}
BRANDS = {"4": "visa", "5": "mastercard", "3": "amex"}


def fingerprint(number: str) -> str:
    """What is kept of a number: enough to know it again, too little to use it."""
    return hashlib.sha256(number.encode()).hexdigest()[:16]


BY_FINGERPRINT = {fingerprint(number): behaviour for number, behaviour in BEHAVIOURS.items()}


@dataclass(frozen=True)
class Card:
    """What the customer typed; `number` is digits only and is never stored."""

    number: str
    exp_month: int
    exp_year: int

    @property
    def brand(self) -> str:
        return BRANDS.get(self.number[0], "unknown")


def passes_luhn(number: str) -> bool:
    """The check digit that every card number ends with."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
