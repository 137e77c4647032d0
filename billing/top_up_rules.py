"""What a customer agrees to for automatic top-ups, and switching them off."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account, User
from billing import balance_watch, catalog, ledger, mails
from billing.bookings import lock
from billing.models import CreditAccount, TopUpAttempt, TopUpConsent, TopUpRule
from billing.money import format_money
from billing.saved_cards import SavedCard
from core.errors import AppError

# The number of the words in `consent_text`. New words get a new number; consents keep theirs.
TEXT_VERSION = 1
MOST_A_MONTH = 31
BACK_OFF = timedelta(hours=1)
MOST_DECLINES = 3


def is_offered() -> bool:
    """Not where Stripe works out the tax: it does so in its checkout alone, and a saved card has none."""
    return not settings.STRIPE_AUTOMATIC_TAX


def rule_of(account: Account) -> TopUpRule | None:
    """The account's rule with its consent; None where it never had one."""
    return TopUpRule.objects.select_related("consent").filter(account=account).first()


def terms(
    *, account: Account, user: User, threshold: int, pack_key: str, monthly_limit: int, card: SavedCard
) -> TopUpConsent:
    """What would be agreed to, not stored yet. `card`: one of the account's own.

    Raises AppError: 404 for an unknown pack, 422 for a threshold above the pack or a limit out of bounds.
    """
    offer = catalog.offer(account, pack_key)
    if not 1 <= threshold <= offer.pack.credits:
        # Else one top-up would not end above the threshold, and the next would follow at once.
        raise AppError(
            "invalid_threshold",
            422,
            f"The threshold must lie between 1 and the {offer.pack.credits} credits that are bought.",
        )
    if not 1 <= monthly_limit <= MOST_A_MONTH:
        raise AppError(
            "invalid_limit", 422, f"The limit must lie between 1 and {MOST_A_MONTH} times a month."
        )
    return TopUpConsent(
        account=account,
        user=user,
        text_version=TEXT_VERSION,
        threshold=threshold,
        pack=offer.pack.key,
        credits=offer.pack.credits,
        amount=offer.amount,
        currency=offer.currency,
        monthly_limit=monthly_limit,
        payment_method=card.id,
        card_brand=card.brand,
        card_last4=card.last4,
    )


def consent_text(consent: TopUpConsent) -> str:
    """The words that are agreed to, with every figure in them."""
    often = ngettext("once", "%(count)d times", consent.monthly_limit) % {"count": consent.monthly_limit}
    return _(
        "When fewer than %(threshold)d credits are available, Heirloom buys %(credits)d credits for %(price)s and "
        "charges my %(card)s, without asking me again, at most %(often)s in a calendar month (UTC), that is at "
        "most %(total)s. I can switch this off at any time; a payment that is already under way goes through."
    ) % {
        "threshold": consent.threshold,
        "credits": consent.credits,
        "price": format_money(consent.amount, consent.currency),
        "card": consent.card_name,
        "often": often,
        "total": format_money(consent.amount * consent.monthly_limit, consent.currency),
    }


def agree(consent: TopUpConsent) -> TopUpRule:
    """Store what the customer agreed to and switch top-ups on; declines of before are forgotten."""
    with transaction.atomic():
        # Under the lock that a top-up begins under: it goes by the old terms or by these, not by a mixture.
        row = lock(ledger.credit_account(consent.account))
        consent.save(force_insert=True)
        balance_watch.look_after_commit(consent.account, row.available)
        on = {"consent": consent, "enabled": True, "ended": "", "declines": 0, "not_before": None}
        return TopUpRule.objects.update_or_create(account=consent.account, defaults=on)[0]


def switch_off(account: Account) -> None:
    """End top-ups on the customer's wish. A payment under way is not stopped. Repeating it changes nothing."""
    with transaction.atomic():
        # Locked: a top-up that begins now has either begun before this or finds the rule off.
        lock(ledger.credit_account(account))
        TopUpRule.objects.filter(account=account, enabled=True).update(
            enabled=False, ended=TopUpRule.Ended.CUSTOMER
        )


def end(rule: TopUpRule, why: TopUpRule.Ended, key: str) -> None:
    """End top-ups for a reason that the customer is told by mail; the caller holds the account's lock.

    `key` names the cause: one mail for each.
    """
    if not TopUpRule.objects.filter(pk=rule.pk, enabled=True).update(enabled=False, ended=why):
        return
    consent = rule.consent
    mails.write(
        account=rule.account,
        kind="top_up_ended",
        key=f"top_up_ended:{key}",
        context={"why": why, "card": consent.card_name},
    )


def back_off(attempt: TopUpAttempt) -> None:
    """Wait before the next try, and end top-ups after three refusals in a row; the caller holds the lock.

    Counts for the terms that the attempt was made under: who has agreed anew, with another card, starts anew.
    An attempt that the bank never heard of waits, but is no refusal.
    """
    rule = TopUpRule.objects.select_related("consent", "account").filter(consent=attempt.consent_id).first()
    if rule is None:
        return
    rule.declines += attempt.state == TopUpAttempt.State.DECLINED
    rule.not_before = timezone.now() + BACK_OFF
    rule.save(update_fields=["declines", "not_before"])
    if rule.declines >= MOST_DECLINES:
        end(rule, TopUpRule.Ended.DECLINED, attempt.public_id)


def obstacle(consent: TopUpConsent, row: CreditAccount) -> TopUpRule.Ended | None:
    """What has changed since the customer agreed, so that they must agree again; None: nothing."""
    if not _price_stands(consent):
        return TopUpRule.Ended.PRICE_CHANGED
    # A refund or a dispute takes credits away. To buy them back at once would undo what the customer asked for.
    taken_back = row.transactions.filter(kind="reverse", created_at__gt=consent.given_at)
    return TopUpRule.Ended.TAKEN_BACK if taken_back.exists() else None


def _price_stands(consent: TopUpConsent) -> bool:
    try:
        offer = catalog.offer(consent.account, consent.pack)
    except AppError:  # the pack is not sold any more
        return False
    return (offer.amount, offer.currency, offer.pack.credits) == (
        consent.amount,
        consent.currency,
        consent.credits,
    )


def wanting() -> list[Account]:
    """Accounts whose balance is below their threshold and whose rule is on; 500 at most, none left out for ever."""
    rules = TopUpRule.objects.filter(
        enabled=True,
        account__credit_account__debt=0,
        consent__threshold__gt=F("account__credit_account__available"),
    )
    return [rule.account for rule in rules.select_related("account").order_by("?")[:500]]
