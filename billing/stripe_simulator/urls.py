"""Addresses: Stripe's API under /v1/, the hosted pages, the levers for tests."""

from django.urls import include, path, re_path

from billing.stripe_simulator import checkout_page
from billing.stripe_simulator.gateway import endpoint

RESOURCES = (
    "balance_transactions",
    "charges",
    "checkout_sessions",
    "customers",
    "events",
    "payment_intents",
    "payment_methods",
    "prices",
    "refunds",
)

urlpatterns = [
    *(path("v1/", include(f"billing.stripe_simulator.resources.{name}")) for name in RESOURCES),
    re_path(r"^v[12]/.*$", endpoint()),
    path("c/pay/<str:session>", checkout_page.checkout, name="checkout"),
    path("receipts/<str:charge>", checkout_page.receipt, name="receipt"),
    path("_control/", include("billing.stripe_simulator.control")),
]
