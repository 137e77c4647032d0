"""The bank's challenge (3-D Secure): the customer proves to be the cardholder, or does not."""

from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from billing.stripe_simulator.amounts import shown
from billing.stripe_simulator.gateway import public_url
from billing.stripe_simulator.pages.landing import after_payment, closed
from billing.stripe_simulator.payments import attempt, fail_challenge, return_url_of
from billing.stripe_simulator.store import Body, fetch, find, recall


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def authenticate(request: HttpRequest, intent: str) -> HttpResponse:
    """Ask for the proof while the PaymentIntent waits for it; 410 afterwards, 404 for none."""
    body = find(intent, "payment_intent")
    if body is None:
        return closed(request, "unknown", 404)
    if request.method == "POST":
        with transaction.atomic():
            body = answered(
                fetch("payment_intent", intent), request.POST.get("answer", ""), public_url(request)
            )
        if body["status"] != "requires_action":
            return leave(body)
    if body["status"] != "requires_action":
        return closed(request, "authenticated", 410)
    card = fetch("payment_method", body["payment_method"])["card"]
    page = {"amount": shown(body["amount"], body["currency"]), "card": card}
    return render(request, "stripe_simulator/authenticate.html", page)


def answered(intent: Body, answer: str, public_url: str) -> Body:
    """The PaymentIntent after the customer's answer; as it was where nothing waits or the answer is neither."""
    if intent["status"] != "requires_action" or answer not in ("complete", "fail"):
        return intent
    if answer == "fail":
        return fail_challenge(intent)
    method = fetch("payment_method", intent["payment_method"])
    return attempt(intent, method, public_url, authenticated=True)


def leave(intent: Body) -> HttpResponse:
    """Send the customer back to the checkout, or to where whoever confirmed the payment wanted them."""
    made_by = recall("made_by", intent["id"])
    if made_by:
        return after_payment(made_by["session"])
    return_url = return_url_of(intent)
    if not return_url:
        return HttpResponse("You may close this page.", content_type="text/plain; charset=utf-8")
    outcome = {
        "payment_intent": intent["id"],
        "payment_intent_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if intent["status"] == "succeeded" else "failed",
    }
    return HttpResponseRedirect(f"{return_url}{'&' if '?' in return_url else '?'}{urlencode(outcome)}")
