"""Addresses: Stripe's API under /v1/, the hosted pages, the levers for tests."""

from django.urls import include, path, re_path

from billing.stripe_simulator.gateway import endpoint
from billing.stripe_simulator.pages.authentication import authenticate
from billing.stripe_simulator.pages.checkout import checkout
from billing.stripe_simulator.pages.invoice import invoice_file, invoice_page
from billing.stripe_simulator.pages.portal import portal
from billing.stripe_simulator.pages.receipt import receipt

RESOURCES = (
    "balance_transactions",
    "charges",
    "checkout_sessions",
    "coupons",
    "customers",
    "disputes",
    "events",
    "invoices",
    "payment_intents",
    "payment_methods",
    "portal_sessions",
    "prices",
    "promotion_codes",
    "refunds",
)

urlpatterns = [
    *(path("v1/", include(f"billing.stripe_simulator.resources.{name}")) for name in RESOURCES),
    re_path(r"^v[12]/.*$", endpoint()),
    path("c/pay/<str:session>", checkout, name="checkout"),
    path("receipts/<str:charge>", receipt, name="receipt"),
    path("invoices/<str:token>", invoice_page),
    path("invoices/<str:token>/pdf", invoice_file),
    path("p/session/<str:session>", portal),
    path("authenticate/<str:intent>", authenticate, name="authenticate"),
    path("_control/", include("billing.stripe_simulator.control.urls")),
]
