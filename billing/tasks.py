"""Celery's entry points: a primary key in, a service called."""

from celery import shared_task

from billing import stripe_events


@shared_task(time_limit=120)
def process_event_task(pk: int) -> None:
    """Process one Stripe event, if it still waits."""
    stripe_events.process(pk)


@shared_task(time_limit=600)
def sweep_events_task() -> None:
    """Process the events that nobody finished."""
    stripe_events.sweep()
