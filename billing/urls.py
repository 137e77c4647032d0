"""Addresses of paying."""

from django.urls import path

from billing import views
from billing.webhook_views import stripe_webhook

app_name = "billing"
urlpatterns = [
    path("checkout/", views.checkout, name="checkout"),
    path("checkout/done", views.done, name="done"),
    path("checkout/canceled", views.canceled, name="canceled"),
    path("receipts/", views.receipts, name="receipts"),
    path("stripe/webhook", stripe_webhook, name="stripe-webhook"),
]
