"""Levers for tests: what fails, what arrives, what time it is, what banks do. Not part of Stripe's API."""
