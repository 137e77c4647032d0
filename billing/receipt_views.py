"""Pages about what was bought, and the way to Stripe's own."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from billing.papers import Kind, address
from billing.portal import open_portal
from billing.receipts import receipt_of, receipts_of
from billing.views import payer_page
from core.addresses import base_url
from core.errors import AppError


@require_safe
@payer_page
def receipts(request: HttpRequest, account: Account) -> HttpResponse:
    """Every purchase with its state, what it came to, and its papers."""
    before = request.GET.get("before", "")
    shown, next_mark = receipts_of(account, int(before) if before.isdecimal() and len(before) < 19 else 0)
    context = {"receipts": shown, "next_mark": next_mark, "has_customer": bool(account.stripe_customer)}
    return render(request, "billing/receipts.html", context)


@require_safe
@payer_page
def purchase(request: HttpRequest, account: Account, public_id: str) -> HttpResponse:
    """One purchase with everything that is known of it."""
    receipt = receipt_of(account, public_id)
    if receipt is None:
        raise Http404("There is no such purchase in your account.")
    return render(request, "billing/purchase.html", {"receipt": receipt})


@require_safe
@payer_page
def paper(request: HttpRequest, account: Account, public_id: str, kind: Kind) -> HttpResponse:
    """To an invoice or receipt at Stripe."""
    try:
        return redirect(address(account=account, public_id=public_id, kind=kind))
    except AppError as exc:
        raise Http404(exc.message) from exc


@require_POST
@payer_page
def portal(request: HttpRequest, account: Account) -> HttpResponse:
    """To Stripe's page for saved cards and invoices. Whose page it is, the signed-in account alone decides."""
    page = reverse("billing:receipts")
    try:
        return redirect(open_portal(account=account, return_url=base_url(request) + page))
    except AppError as exc:
        messages.error(request, exc.message)
        return redirect(page)
