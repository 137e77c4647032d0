"""Test bank accounts: debits that take days to succeed, or to come back."""

from dataclasses import dataclass

from billing.stripe_simulator.cards import Behaviour, declined, fingerprint

# The debit that is offered for a currency, as if it were turned on in the dashboard.
DEBITS = {"eur": "sepa_debit", "usd": "us_bank_account"}
NO_FUNDS = declined(
    "insufficient_funds", None, "The customer's account has insufficient funds.", attaches=True
)
CLOSED = declined("account_closed", None, "The customer's bank account has been closed.", attaches=True)
ACCOUNTS = {
    "us_bank_account": {"000123456789": Behaviour(), "000222222227": NO_FUNDS, "000111111116": CLOSED},
    "sepa_debit": {"DE89370400440532013000": Behaviour(), "DE62370400440532013001": NO_FUNDS},
}
BY_FINGERPRINT = {
    fingerprint(number): behaviour for accounts in ACCOUNTS.values() for number, behaviour in accounts.items()
}


@dataclass(frozen=True)
class Account:
    """What the customer typed: a number without blanks, never stored."""

    kind: str
    number: str
