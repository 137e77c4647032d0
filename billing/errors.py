"""Refusals about credits, and why the news of an event is not applied."""

from datetime import datetime

from core.errors import AppError


class NotOurs(Exception):
    """The event is about something that this site did not start; it is marked and left alone."""


class Overtaken(Exception):
    """Something newer was applied after this was fetched: fetch again."""


class InsufficientCredits(AppError):
    """Nothing was held: the balance is too small, or a debt stands."""

    def __init__(self, needed: int, available: int, debt: int) -> None:
        text = f"This photo needs {needed} credit; you have {available}. Nothing was charged. Add credits."
        if debt:
            text = f"{debt} credits are owed after a refund or dispute. Nothing was charged. Buy credits to go on."
        super().__init__("insufficient_credits", 402, text)


class KeyCapReached(AppError):
    """Nothing was held: the key has spent what it may in this calendar month (UTC)."""

    def __init__(self, cap: int, spent: int, resets_at: datetime) -> None:
        text = (
            f"This API key may spend {cap} credits a month and has spent or holds {spent}. Nothing was charged. "
            f"Raise its cap, or wait until {resets_at:%-d %B %Y, %H:%M} UTC."
        )
        extra = {"cap": cap, "spent": spent, "resets_at": resets_at.isoformat()}
        super().__init__("key_cap_reached", 402, text, extra)
