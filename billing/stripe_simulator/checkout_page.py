"""The hosted pages: the checkout form and the receipt. Plain HTML forms, no script."""

import re
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from billing.stripe_simulator.amounts import shown
from billing.stripe_simulator.cards import Card, Decline, passes_luhn
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.delivery import courier
from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.gateway import public_url
from billing.stripe_simulator.payments import pay
from billing.stripe_simulator.store import Body, children, fetch

WEBHOOK_WAIT_S = 2.0


def text(label: str, autocomplete: str, **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, **attributes})
    return forms.CharField(label=label, widget=widget, max_length=80)


class PaymentForm(forms.Form):
    """What a customer types at the checkout."""

    email = forms.EmailField(label="Email", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    number = text("Card number", "cc-number", inputmode="numeric", placeholder="4242 4242 4242 4242")
    expiry = text("Expiry", "cc-exp", inputmode="numeric", placeholder="MM / YY")
    cvc = text("CVC", "cc-csc", inputmode="numeric", placeholder="123")
    name = text("Cardholder name", "cc-name")

    def clean_number(self) -> str:
        number = re.sub(r"[\s-]", "", self.cleaned_data["number"])
        if not re.fullmatch(r"[0-9]{12,19}", number) or not passes_luhn(number):
            raise forms.ValidationError("Your card number is invalid.")
        return number

    def clean_expiry(self) -> tuple[int, int]:
        match = re.fullmatch(r"\s*(0?[1-9]|1[0-2])\s*/?\s*(?:20)?([0-9]{2})\s*", self.cleaned_data["expiry"])
        if not match:
            raise forms.ValidationError("Your card's expiration date is incomplete.")
        month, year = int(match[1]), 2000 + int(match[2])
        today = datetime.fromtimestamp(now(), UTC)
        if (year, month) < (today.year, today.month):
            raise forms.ValidationError("Your card's expiration date is in the past.")
        return month, year

    def clean_cvc(self) -> str:
        if not re.fullmatch(r"[0-9]{3,4}", self.cleaned_data["cvc"]):
            raise forms.ValidationError("Your card's security code is incomplete.")
        return str(self.cleaned_data["cvc"])

    @property
    def card(self) -> Card:
        month, year = self.cleaned_data["expiry"]
        given = self.cleaned_data
        return Card(given["number"], month, year, given["name"], given["email"])


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest, session: str) -> HttpResponse:
    """The payment form of an open session; 410 for one that is over, 404 for none."""
    try:
        body = fetch("checkout.session", session)
    except StripeFailure:
        return render(request, "stripe_simulator/closed.html", {"state": "unknown"}, status=404)
    email = body["customer_email"] or (body["customer_details"] or {}).get("email")
    form = PaymentForm(request.POST or None, initial={"email": email}, label_suffix="")
    failure: Decline | None = None
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            body = fetch("checkout.session", session)
            result = pay(body, form.card, public_url(request)) if is_open(body) else None
        if isinstance(result, str):
            # Checkout waits a moment for the webhook, so that the landing page mostly finds the order done.
            courier.wait_for(result, WEBHOOK_WAIT_S)
            return HttpResponseRedirect(body["success_url"].replace("{CHECKOUT_SESSION_ID}", session))
        failure = result
    if not is_open(body):
        return render(request, "stripe_simulator/closed.html", {"state": body["status"]}, status=410)
    page = {"session": body, "form": form, "failure": failure, **sums(body)}
    return render(request, "stripe_simulator/checkout.html", page, status=402 if failure else 200)


def is_open(session: Body) -> bool:
    return session["status"] == "open" and session["expires_at"] > now()


def sums(session: Body) -> dict[str, Any]:
    items = [
        {**item, "shown": shown(item["amount_total"], item["currency"])}
        for item in children("item", session["id"])
    ]
    return {"items": items, "total": shown(session["amount_total"], session["currency"])}


@require_GET
def receipt(request: HttpRequest, charge: str) -> HttpResponse:
    """The receipt that a charge's `receipt_url` names."""
    try:
        body = fetch("charge", charge)
    except StripeFailure:
        return render(request, "stripe_simulator/closed.html", {"state": "unknown"}, status=404)
    page = {
        "charge": body,
        "paid_at": datetime.fromtimestamp(body["created"], UTC),
        "amount": shown(body["amount"], body["currency"]),
        "refunded": shown(body["amount_refunded"], body["currency"]) if body["amount_refunded"] else "",
        "card": body["payment_method_details"]["card"],
    }
    return render(request, "stripe_simulator/receipt.html", page)
