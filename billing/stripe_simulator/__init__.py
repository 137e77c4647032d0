"""A Stripe stand-in that the real SDK talks to over HTTP. Development and tests only.

A small Django project of its own: own settings, own SQLite file, own process. It imports nothing of the
platform and nothing of the platform imports it. Start it with `python -m billing.stripe_simulator --help`.
"""

API_VERSION = "2026-10-28.endive"
