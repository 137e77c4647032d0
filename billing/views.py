"""Pages about paying: to Stripe's checkout, back from it, and the receipts."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_page
from accounts.models import Account, User
from billing.checkout_return import returned_unpaid, settle_landing
from billing.money import format_money
from billing.purchases import start_checkout
from billing.selectors import balance, purchases
from core.addresses import base_url
from core.errors import AppError

CREDITS_PAGE = "/credits/"
RECEIPTS = 200


@require_POST
@member_page
def checkout(request: HttpRequest, account: Account) -> HttpResponse:
    """Order a pack and send the customer to Stripe's page."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    try:
        purchase = start_checkout(
            account=account, user=user, pack_key=request.POST.get("pack", ""), base_url=base_url(request)
        )
    except AppError as exc:
        messages.error(request, exc.message)
        return redirect(CREDITS_PAGE)
    return redirect(purchase.checkout_url)


@require_safe
@member_page
def done(request: HttpRequest, account: Account) -> HttpResponse:
    """Back from Stripe: what the purchase is by Stripe's word, never by the address alone."""
    try:
        purchase = settle_landing(account=account, session_id=request.GET.get("session_id", ""))
    except AppError as exc:
        raise Http404(exc.message) from exc
    context = {
        "purchase": purchase,
        "price": format_money(purchase.amount, purchase.currency),
        "balance": balance(account),
    }
    return render(request, "billing/done.html", context)


@require_safe
@member_page
def canceled(request: HttpRequest, account: Account) -> HttpResponse:
    """Back without paying: the packs again, and the way to go on with this one."""
    try:
        purchase = returned_unpaid(account=account, public_id=request.GET.get("purchase", ""))
    except AppError as exc:
        raise Http404(exc.message) from exc
    if purchase.state == purchase.State.FULFILLED:
        messages.success(request, _("This purchase is paid; its credits are in your balance."))
    else:
        messages.info(
            request, _("You left the payment page. You were not charged and no credits were added.")
        )
    return redirect(CREDITS_PAGE)


@require_safe
@member_page
def receipts(request: HttpRequest, account: Account) -> HttpResponse:
    """Every purchase with its state and, once paid, Stripe's receipt."""
    rows = [(row, format_money(row.amount, row.currency)) for row in purchases(account)[:RECEIPTS]]
    return render(request, "billing/receipts.html", {"rows": rows})
