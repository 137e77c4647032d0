"""The receipt that a charge's `receipt_url` names."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from billing.stripe_simulator.amounts import shown
from billing.stripe_simulator.pages.landing import closed
from billing.stripe_simulator.pages.wallet import described
from billing.stripe_simulator.store import find


@require_GET
def receipt(request: HttpRequest, charge: str) -> HttpResponse:
    """What was paid and what of it was refunded; 404 for a charge that does not exist."""
    body = find(charge, "charge")
    if body is None:
        return closed(request, "unknown", 404)
    page = {
        "charge": body,
        "paid_at": datetime.fromtimestamp(body["created"], UTC),
        "amount": shown(body["amount"], body["currency"]),
        "refunded": shown(body["amount_refunded"], body["currency"]) if body["amount_refunded"] else "",
        "means": described(body["payment_method_details"]),
    }
    return render(request, "stripe_simulator/receipt.html", page)
