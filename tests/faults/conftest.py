"""Fixtures of the fault tests."""

from tests.instance import instance

__all__ = ["instance"]
