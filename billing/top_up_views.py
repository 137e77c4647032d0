"""The page where automatic top-ups and the low-balance mail are set up, and switched off."""

import hashlib
import hmac
from typing import Any

import structlog
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Account, User
from billing import balance_notices, top_up, top_up_rules
from billing.catalog import offers
from billing.checkout import start_checkout
from billing.models import BalanceNotice, TopUpAttempt, TopUpConsent, TopUpRule
from billing.money import format_money
from billing.saved_cards import SavedCard, saved_cards
from billing.selectors import balance
from billing.stripe_client import StripeError
from billing.top_up_forms import NoticeForm, TopUpForm
from billing.views import payer_page
from core.addresses import base_url
from core.errors import AppError

log = structlog.get_logger(__name__)
SHOWN = 10
FIRST_THRESHOLD, FIRST_LIMIT = 5, 3


@require_http_methods(["GET", "HEAD", "POST"])
@payer_page
def page(request: HttpRequest, account: Account) -> HttpResponse:
    """What is set and what it did. POST: show the exact words to agree to, then, agreed, switch it on."""
    cards = _cards(account)
    if request.method != "POST" or not cards or not top_up_rules.is_offered():
        return _page(request, account, cards)
    form = TopUpForm(offers(account), cards, request.POST)
    consent = _terms(request, account, form, cards)
    if consent is None:
        return _page(request, account, cards, form=form, status=422)
    text = top_up_rules.consent_text(consent)
    shown = hashlib.sha256(text.encode()).hexdigest()
    agreed = request.POST.get("agreed") == "yes"
    # What is stored is what was on the page that was agreed to: a price or a card that changed is shown again.
    if agreed and hmac.compare_digest(request.POST.get("shown", ""), shown):
        top_up_rules.agree(consent)
        messages.success(request, _("Automatic top-up is on."))
        return redirect("billing:top-up")
    context = {
        "form": form,
        "consent": consent,
        "text": text,
        "shown": shown,
        "unticked": "shown" in request.POST and not agreed,
        "due_now": balance(account).available < consent.threshold,
    }
    return render(request, "billing/top_up_review.html", context, status=422 if context["unticked"] else 200)


@require_POST
@payer_page
def switch_off(request: HttpRequest, account: Account) -> HttpResponse:
    """End top-ups; needs nothing from Stripe."""
    top_up_rules.switch_off(account)
    messages.success(request, _("Automatic top-up is off. Nothing more is bought without you."))
    return redirect("billing:top-up")


@require_POST
@payer_page
def save_card(request: HttpRequest, account: Account) -> HttpResponse:
    """Buy a pack and have Stripe keep the card, as the button says."""
    try:
        purchase = start_checkout(
            account=account,
            user=_person(request),
            pack_key=request.POST.get("pack", ""),
            base_url=base_url(request),
            save_card=True,
        )
    except AppError as exc:
        messages.error(request, exc.message)
        return redirect("billing:top-up")
    return redirect(purchase.checkout_url)


@require_POST
@payer_page
def low_balance(request: HttpRequest, account: Account) -> HttpResponse:
    """Set, change or stop the low-balance mail."""
    form = NoticeForm(request.POST)
    if not form.is_valid():
        return _page(request, account, _cards(account), notice_form=form, status=422)
    threshold = form.cleaned_data["notify_below"]
    balance_notices.set_threshold(account=account, threshold=threshold)
    text = _("The low-balance mail is set.") if threshold else _("The low-balance mail is off.")
    messages.success(request, text)
    return redirect("billing:top-up")


def _page(
    request: HttpRequest,
    account: Account,
    cards: list[SavedCard] | None,
    *,
    form: TopUpForm | None = None,
    notice_form: NoticeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    notice = BalanceNotice.objects.filter(account=account).first()
    rule = top_up_rules.rule_of(account)
    packs = offers(account)
    context = {
        "offered": top_up_rules.is_offered(),
        "rule": rule,
        "text": top_up_rules.consent_text(rule.consent) if rule else "",
        "paid": top_up.paid_this_month(account, timezone.now()),
        "attempts": _attempts(account),
        "cards": cards,
        "form": form or TopUpForm(packs, cards or [], initial=_proposal(rule)),
        "offers": packs,
        "balance": balance(account),
        "notice_form": notice_form
        or NoticeForm(initial={"notify_below": notice.threshold if notice else None}),
    }
    return render(request, "billing/top_up.html", context, status=status)


def _attempts(account: Account) -> list[dict[str, Any]]:
    found = TopUpAttempt.objects.filter(account=account).select_related("purchase", "consent")
    return [
        {"row": row, "price": format_money(row.purchase.amount, row.purchase.currency)}
        for row in found.order_by("-created_at", "-pk")[:SHOWN]
    ]


def _proposal(rule: TopUpRule | None) -> dict[str, Any]:
    """What the form begins with: what was last agreed to, or something modest."""
    if rule is None:
        return {"threshold": FIRST_THRESHOLD, "monthly_limit": FIRST_LIMIT}
    consent = rule.consent
    return {
        "threshold": consent.threshold,
        "pack": consent.pack,
        "monthly_limit": consent.monthly_limit,
        "card": consent.payment_method,
    }


def _terms(
    request: HttpRequest, account: Account, form: TopUpForm, cards: list[SavedCard]
) -> TopUpConsent | None:
    if not form.is_valid():
        return None
    given = form.cleaned_data
    try:
        return top_up_rules.terms(
            account=account,
            user=_person(request),
            threshold=given["threshold"],
            pack_key=given["pack"],
            monthly_limit=given["monthly_limit"],
            card=next(card for card in cards if card.id == given["card"]),
        )
    except AppError as exc:
        form.add_error(None, exc.message)
        return None


def _cards(account: Account) -> list[SavedCard] | None:
    """None where Stripe does not answer."""
    try:
        return saved_cards(account)
    except StripeError as exc:
        log.warning("cards_not_listed", error=type(exc).__name__)
        return None


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
