"""Where a customer goes when a page has done its work, or has none."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from billing.stripe_simulator.delivery import courier
from billing.stripe_simulator.store import fetch

WEBHOOK_WAIT_S = 2.0


def after_payment(session_id: str) -> HttpResponse:
    """To the shop where the session is complete, else back to the checkout page.

    Checkout waits a moment for the webhook, so that the landing page mostly finds the order done.
    """
    session = fetch("checkout.session", session_id)
    if session["status"] != "complete":
        return HttpResponseRedirect(reverse("checkout", args=[session_id]))
    courier.wait_for(session_id, WEBHOOK_WAIT_S)
    return HttpResponseRedirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session_id))


def closed(request: HttpRequest, state: str, status: int) -> HttpResponse:
    """A page that has nothing to do (any more), and says why."""
    return render(request, "stripe_simulator/closed.html", {"state": state}, status=status)
