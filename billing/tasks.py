"""Celery's entry points: a primary key in, a service called."""

from celery import shared_task

from accounts.models import Account
from billing import balance_notices, expiry, mails, reconciliation, stripe_events, top_up


@shared_task(time_limit=120)
def process_event_task(pk: int) -> None:
    """Process one Stripe event, if it still waits."""
    stripe_events.process(pk)


@shared_task(time_limit=600)
def sweep_events_task() -> None:
    """Process the events that nobody finished."""
    stripe_events.sweep()


@shared_task(time_limit=120)
def watch_balance_task(account_pk: int) -> None:
    """A balance fell below a threshold: tell the customer, top it up."""
    account = Account.objects.get(pk=account_pk)
    balance_notices.observe(account)
    top_up.consider(account)


@shared_task(time_limit=120)
def send_mail_task(pk: int) -> None:
    """Send one mail about money, if it is due."""
    mails.send(pk)


@shared_task(time_limit=600)
def sweep_balances_task() -> None:
    """Take up what a lost message or a dead worker left: low balances, top-ups, mails."""
    balance_notices.sweep()
    top_up.sweep()
    mails.send_due()


@shared_task(time_limit=600)
def lapse_task() -> None:
    """Book what is past its expiry."""
    expiry.lapse_due()


@shared_task(time_limit=600)
def reconcile_task() -> None:
    """Look at Stripe for what webhooks did not bring."""
    reconciliation.frequent()


@shared_task(time_limit=6 * 3600)
def reconcile_nightly_task() -> None:
    """Compare Stripe's balance and every ledger."""
    reconciliation.nightly()
