"""Buying: from the prices to Stripe's checkout and back from it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import role_page
from accounts.models import Account, User
from billing import currencies, payers
from billing.catalog import CUSTOM, FEWEST, MOST, offer
from billing.checkout import start_checkout
from billing.checkout_return import cancel_checkout, returned_unpaid, settle_landing
from billing.receipts import receipt_of
from billing.selectors import balance
from core.addresses import base_url
from core.errors import AppError

CREDITS_PAGE = "/credits/"
payer_page = role_page(*payers.ROLES)


@require_POST
@payer_page
def checkout(request: HttpRequest, account: Account) -> HttpResponse:
    """Order a pack, or any number of credits, and send the customer to Stripe's page."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    try:
        purchase = start_checkout(
            account=account,
            user=user,
            pack_key=request.POST.get("pack", ""),
            credits=_number(request.POST.get("credits", "")),
            base_url=base_url(request),
        )
    except AppError as exc:
        messages.error(request, exc.message)
        return redirect(CREDITS_PAGE)
    return redirect(purchase.checkout_url)


@require_safe
@payer_page
def amount(request: HttpRequest, account: Account) -> HttpResponse:
    """What the number of credits that was typed costs, with the button that orders it."""
    typed = request.GET.get("credits", "")
    context = {"typed": typed, "fewest": FEWEST, "most": MOST}
    try:
        context["offer"] = offer(account, CUSTOM, _number(typed))
    except AppError as exc:
        return render(request, "billing/amount.html", context | {"error": exc.message}, status=exc.status)
    return render(request, "billing/amount.html", context)


def _number(typed: str) -> int:
    """0 for what is no number: no order is that small."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


@require_POST
@payer_page
def currency(request: HttpRequest, account: Account) -> HttpResponse:
    """Choose the currency of the prices, before the first purchase."""
    try:
        currencies.choose(account=account, currency=request.POST.get("currency", ""))
    except AppError as exc:
        messages.error(request, exc.message)
    return redirect(CREDITS_PAGE)


@require_safe
@payer_page
def done(request: HttpRequest, account: Account) -> HttpResponse:
    """Back from Stripe: what the purchase is by Stripe's word, never by the address alone."""
    try:
        purchase = settle_landing(account=account, session_id=request.GET.get("session_id", ""))
    except AppError as exc:
        raise Http404(exc.message) from exc
    context = {"receipt": receipt_of(account, purchase.public_id), "balance": balance(account)}
    return render(request, "billing/done.html", context)


@require_safe
@payer_page
def canceled(request: HttpRequest, account: Account) -> HttpResponse:
    """Back without paying: go on with this purchase, or call it off."""
    try:
        purchase = returned_unpaid(account=account, public_id=request.GET.get("purchase", ""))
    except AppError as exc:
        raise Http404(exc.message) from exc
    if purchase.credited or purchase.state == purchase.State.PROCESSING:
        return redirect("billing:purchase", purchase.public_id)
    context = {"receipt": receipt_of(account, purchase.public_id), "balance": balance(account)}
    return render(request, "billing/canceled.html", context)


@require_POST
@payer_page
def cancel(request: HttpRequest, account: Account, public_id: str) -> HttpResponse:
    """Close the payment page at Stripe, so that nothing can be paid on it any more."""
    try:
        purchase = cancel_checkout(account=account, public_id=public_id)
    except AppError as exc:
        if exc.status == 404:
            raise Http404(exc.message) from exc
        messages.error(request, exc.message)
        return redirect("billing:purchase", public_id)
    if purchase.credited:
        messages.warning(request, _("This purchase was paid before it could be canceled."))
    elif purchase.state == purchase.State.EXPIRED:
        messages.success(request, _("The purchase is canceled. You were not charged."))
    return redirect("billing:purchase", public_id)
