"""Test card numbers and what becomes of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Decline:
    """Why a card was refused: `code` of the error, the issuer's `decline_code`, words for the customer."""

    code: str
    decline_code: str | None
    message: str


DECLINED = "Your card was declined."
DECLINES = {
    "4000000000000002": Decline("card_declined", "generic_decline", DECLINED),
    "4000000000009995": Decline("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    "4000000000009987": Decline("card_declined", "lost_card", DECLINED),
    "4000000000009979": Decline("card_declined", "stolen_card", DECLINED),
    "4000000000000069": Decline("expired_card", None, "Your card has expired."),
    "4000000000000127": Decline("incorrect_cvc", None, "Your card's security code is incorrect."),
    "4000000000000119": Decline(
        "processing_error", None, "An error occurred while processing your card. Try again in a little bit."
    ),
}
BRANDS = {"4": "visa", "5": "mastercard", "3": "amex"}
ACCEPTED = {"4242424242424242", "4000056655665556", "5555555555554444", "378282246310005"}
NOT_A_TEST_CARD = Decline(
    "card_declined",
    "test_mode_live_card",
    "Your card was declined. This is a simulator: use one of the test card numbers.",
)


@dataclass(frozen=True)
class Card:
    """What the customer typed; `number` is digits only and is never stored."""

    number: str
    exp_month: int
    exp_year: int
    name: str
    email: str

    @property
    def brand(self) -> str:
        return BRANDS.get(self.number[0], "unknown")

    @property
    def decline(self) -> Decline | None:
        """None where the issuer says yes."""
        return None if self.number in ACCEPTED else DECLINES.get(self.number, NOT_A_TEST_CARD)


def passes_luhn(number: str) -> bool:
    """The check digit that every card number ends with."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
