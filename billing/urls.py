"""Addresses of paying."""

from django.urls import path

from billing import export_views, receipt_views, top_up_views, views
from billing.papers import FIELDS
from billing.webhook_views import stripe_webhook

app_name = "billing"
urlpatterns = [
    path("checkout/", views.checkout, name="checkout"),
    path("checkout/amount", views.amount, name="amount"),
    path("checkout/currency", views.currency, name="currency"),
    path("checkout/done", views.done, name="done"),
    path("checkout/canceled", views.canceled, name="canceled"),
    path("purchases/<str:public_id>/", receipt_views.purchase, name="purchase"),
    path("purchases/<str:public_id>/cancel", views.cancel, name="cancel"),
    *(
        path(f"purchases/<str:public_id>/{kind}", receipt_views.paper, {"kind": kind}, name=kind)
        for kind in FIELDS
    ),
    path("receipts/", receipt_views.receipts, name="receipts"),
    path("portal/", receipt_views.portal, name="portal"),
    path("top-up/", top_up_views.page, name="top-up"),
    path("top-up/off", top_up_views.switch_off, name="top-up-off"),
    path("top-up/card", top_up_views.save_card, name="top-up-card"),
    path("low-balance/", top_up_views.low_balance, name="low-balance"),
    path("ledger.<str:wanted>", export_views.ledger, name="ledger"),
    path("stripe/webhook", stripe_webhook, name="stripe-webhook"),
]
