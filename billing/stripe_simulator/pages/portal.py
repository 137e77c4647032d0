"""The billing portal: one customer's cards and invoices."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from billing.stripe_simulator.amounts import shown
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.models import StripeObject
from billing.stripe_simulator.pages.landing import closed
from billing.stripe_simulator.pages.wallet import described
from billing.stripe_simulator.resources.payment_methods import (
    detach_from_customer,
    make_default,
    methods_of,
)
from billing.stripe_simulator.resources.portal_sessions import LASTS_S
from billing.stripe_simulator.store import Body, fetch, find


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def portal(request: HttpRequest, session: str) -> HttpResponse:
    """What the customer has, and the buttons to change it; 410 an hour later, 404 for no such session."""
    body = find(session, "billing_portal.session")
    if body is None:
        return closed(request, "unknown", 404)
    if body["created"] + LASTS_S <= now():
        return closed(request, "portal", 410)
    if request.method == "POST":
        with transaction.atomic():
            change(body["customer"], request.POST.get("action", ""), request.POST.get("card", ""))
        return HttpResponseRedirect(request.path)
    customer = fetch("customer", body["customer"])
    usual = customer["invoice_settings"]["default_payment_method"]
    cards = [
        {"id": one["id"], "shown": described(one), "is_default": one["id"] == usual}
        for one in methods_of(customer["id"])
    ]
    page = {"session": body, "customer": customer, "cards": cards, "invoices": invoices_of(customer["id"])}
    return render(request, "stripe_simulator/portal.html", page)


def change(customer: str, action: str, card: str) -> None:
    """Remove a card or make it the usual one; nothing for a card that is not this customer's."""
    method = next((one for one in methods_of(customer) if one["id"] == card), None)
    if method is None:
        return
    if action == "remove":
        detach_from_customer(method)
    elif action == "default":
        make_default(fetch("customer", customer), card)


def invoices_of(customer: str) -> list[Body]:
    rows = StripeObject.objects.filter(type="invoice", body__customer=customer).order_by("-seq")
    return [{**row.body, "shown": shown(row.body["total"], row.body["currency"])} for row in rows]
