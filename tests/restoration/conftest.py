"""Fixtures of the restoration tests."""

from tests.instance import instance

__all__ = ["instance"]
