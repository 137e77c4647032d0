"""Refusals about credits."""

from core.errors import AppError


class InsufficientCredits(AppError):
    """Nothing was held: the balance is too small, or a debt stands."""

    def __init__(self, needed: int, available: int, debt: int) -> None:
        text = f"This photo needs {needed} credit; you have {available}. Nothing was charged. Add credits."
        if debt:
            text = f"{debt} credits are owed after a refund or dispute. Nothing was charged. Buy credits to go on."
        super().__init__("insufficient_credits", 402, text)
