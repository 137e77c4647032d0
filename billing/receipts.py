"""Purchases as their buyer reads them: amounts as text, and each state in a plain sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from billing.models import CreditGrant, Purchase
from billing.money import format_money
from billing.selectors import purchases

PAGE = 50
State = Purchase.State
# How a state looks; the words say it too.
LOOKS = {
    State.PROCESSING: "processing",
    State.FULFILLED: "succeeded",
    State.PARTIALLY_REVERSED: "canceled",
    State.REVERSED: "canceled",
    State.FAILED: "failed",
}


@dataclass(frozen=True)
class Receipt:
    """One purchase. `expires_at`: when its credits expire; None before they were added, or where they never do."""

    purchase: Purchase
    expires_at: datetime | None

    @property
    def is_top_up(self) -> bool:
        """Whether it was bought automatically."""
        return hasattr(self.purchase, "top_up")

    @property
    def credits_text(self) -> str:
        return _count(self.purchase.credits)

    @property
    def price_text(self) -> str:
        """What was ordered, before discount and tax."""
        return self._money(self.purchase.amount)

    @property
    def discount_text(self) -> str:
        return self._money(-self.purchase.discount) if self.purchase.discount else ""

    @property
    def tax_text(self) -> str:
        return self._money(self.purchase.tax) if self.purchase.tax else ""

    @property
    def total_text(self) -> str:
        """What was paid or is to be paid, as far as it is known."""
        total = self.purchase.total
        return self._money(self.purchase.amount if total is None else total)

    @property
    def refunded_text(self) -> str:
        return self._money(self.purchase.refunded_amount) if self.purchase.refunded_amount else ""

    @property
    def reversed_text(self) -> str:
        return _count(self.purchase.reversed_credits) if self.purchase.reversed_credits else ""

    @property
    def look(self) -> str:
        return LOOKS.get(State(self.purchase.state), "canceled")

    @property
    def state_text(self) -> str:
        """One or two words."""
        if self.purchase.disputed:
            return _("Disputed")
        if self.purchase.refunded_amount:
            everything = self.purchase.refunded_amount >= (self.purchase.total or 0)
            return _("Refunded") if everything else _("Partly refunded")
        if self.purchase.credited:
            return _("Paid") if self.purchase.total != 0 else _("Free of charge")
        return {State.PROCESSING: _("Payment pending"), State.FAILED: _("Failed")}.get(
            State(self.purchase.state), _("Not paid")
        )

    @property
    def sentence(self) -> str:
        """What happened, whether anything was charged, what to do."""
        return " ".join(self._reversal() if self.purchase.credited else [self._waiting()])

    def _waiting(self) -> str:
        if self.purchase.state == State.PROCESSING:
            return _(
                "Your credits appear when your bank confirms, which can take some days. Please do not pay again."
            )
        if self.purchase.state == State.FAILED:
            return _("The payment did not go through. You were not charged and no credits were added.")
        if self.purchase.state == State.EXPIRED:
            return _("The payment page was closed without a payment. You were not charged.")
        if self.is_top_up and self.purchase.state == State.CREATED:
            return _(
                "Your card is being charged for this automatic top-up. Its credits appear once that is paid."
            )
        if self.may_pay:
            return _("The payment page is still open. You have not been charged.")
        return _("No payment has arrived, so you have not been charged.")

    def _reversal(self) -> list[str]:
        said = []
        if self.purchase.disputed:
            said.append(_("The payment is disputed with the bank."))
        if self.refunded_text:
            said.append(_("%(amount)s was refunded.") % {"amount": self.refunded_text})
        if self.reversed_text:
            said.append(
                ngettext("%(n)s credit was taken back.", "%(n)s credits were taken back.", self._taken)
                % {"n": f"{self._taken:,}"}
            )
        if not said:
            said.append(
                ngettext("%(n)s credit was added.", "%(n)s credits were added.", self.purchase.credits)
                % {"n": f"{self.purchase.credits:,}"}
            )
        return said

    @property
    def _taken(self) -> int:
        return self.purchase.reversed_credits

    @property
    def may_pay(self) -> bool:
        """Whether the payment page can still be gone back to."""
        return self.purchase.state == State.OPEN and bool(self.purchase.checkout_url)

    def _money(self, amount: int) -> str:
        return format_money(amount, self.purchase.currency)


def receipts_of(account: Account, before: int = 0, size: int = PAGE) -> tuple[list[Receipt], int]:
    """A page of the account's purchases, newest first, and the mark that the next page begins before (0: none).

    `before`: such a mark; 0 for the newest.
    """
    found = purchases(account).select_related("top_up")
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: size + 1])
    return _receipts(rows[:size]), rows[size - 1].pk if len(rows) > size else 0


def receipt_of(account: Account, public_id: str) -> Receipt | None:
    """One of the account's purchases; None for anything else."""
    found = purchases(account).select_related("top_up").filter(public_id=public_id).first()
    return _receipts([found])[0] if found else None


def _receipts(rows: Iterable[Purchase]) -> list[Receipt]:
    sources = {f"purchase:{row.public_id}": row for row in rows}
    expiries = dict(CreditGrant.objects.filter(source__in=sources).values_list("source", "expires_at"))
    return [Receipt(row, expiries.get(source)) for source, row in sources.items()]


def _count(credits: int) -> str:
    return ngettext("%(n)s credit", "%(n)s credits", credits) % {"n": f"{credits:,}"}
