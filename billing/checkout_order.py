"""The order that a purchase is at Stripe: what its hosted page sells and asks for."""

from django.conf import settings

from billing.catalog import Pack
from billing.marks import PURCHASE
from billing.models import Purchase
from billing.stripe_client import SessionCreateParams

# Where Stripe sends the customer back to, behind the site's own address.
SUCCESS_PATH = "/billing/checkout/done?session_id={CHECKOUT_SESSION_ID}"
CANCEL_PATH = "/billing/checkout/canceled?purchase={purchase}"


def order(purchase: Purchase, name: str, base_url: str, *, save_card: bool) -> SessionCreateParams:
    """Everything but the customer, who may have to be replaced.

    `name`: what one piece is called. `base_url`: scheme and host to return to.
    """
    description = Pack(purchase.pack, purchase.credits).name
    marked = {PURCHASE: purchase.public_id, "account": purchase.account.public_id}
    site = base_url.rstrip("/")
    found: SessionCreateParams = {
        "mode": "payment",
        "client_reference_id": purchase.public_id,
        "line_items": [
            {
                "price_data": {
                    "currency": purchase.currency,
                    "unit_amount": purchase.unit_amount,
                    "product_data": {"name": name},
                },
                "quantity": purchase.quantity,
            }
        ],
        "metadata": {**marked},
        "payment_intent_data": {"description": description, "metadata": {**marked}},
        "allow_promotion_codes": True,
        # Companies need their number and address on the invoice; Stripe keeps both with the customer.
        "tax_id_collection": {"enabled": True},
        "customer_update": {"address": "auto", "name": "auto"},
        "billing_address_collection": "required" if settings.STRIPE_AUTOMATIC_TAX else "auto",
        "invoice_creation": {"enabled": True, "invoice_data": {"metadata": {**marked}}},
        "success_url": site + SUCCESS_PATH,
        "cancel_url": site + CANCEL_PATH.format(purchase=purchase.public_id),
    }
    if settings.STRIPE_AUTOMATIC_TAX:
        found["automatic_tax"] = {"enabled": True}
    if save_card:
        found["payment_intent_data"]["setup_future_usage"] = "off_session"
    return found
