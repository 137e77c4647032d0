"""The operator's page to refund a purchase: what can be refunded, what it would do, and then doing it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from billing import refunds
from billing.models import Purchase, RefundAttempt
from billing.money import format_money
from core.errors import AppError

PERMISSION = "billing.add_refundattempt"
State = RefundAttempt.State


class RefundForm(forms.Form):
    """What an operator wants refunded, and why."""

    credits = forms.IntegerField(label=gettext_lazy("Credits to refund"), min_value=1)
    beyond_unused = forms.BooleanField(
        label=gettext_lazy("Also credits that were spent or have expired"), required=False
    )
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=RefundAttempt.Reason.choices)
    note = forms.CharField(
        label=gettext_lazy("Why, in your words"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )
    seq = forms.IntegerField(widget=forms.HiddenInput)


def refund_view(request: HttpRequest, purchase_pk: int) -> HttpResponse:
    """GET shows the form; POST shows what the refund would do, and with `confirm` orders it."""
    if not request.user.has_perm(PERMISSION) or not isinstance(request.user, User):
        raise PermissionDenied
    purchase = get_object_or_404(Purchase, pk=purchase_pk)
    try:
        if "resume" in request.POST:
            return _resumed(request, purchase)
        if "confirm" in request.POST:
            return _ordered(request, purchase, request.user)
        return _page(request, purchase, refunds.offer(purchase))
    except AppError as exc:
        messages.error(request, exc.message)
        return HttpResponseRedirect(_purchase_page(purchase))


def _page(request: HttpRequest, purchase: Purchase, offer: refunds.Offer) -> HttpResponse:
    first = {"credits": offer.unused or None, "seq": offer.seq}
    # A step back or a second look starts from what is true now.
    form = RefundForm(
        {**request.POST.dict(), "seq": offer.seq} if request.method == "POST" else None, initial=first
    )
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Refund a purchase"),
        "opts": Purchase._meta,
        "purchase": purchase,
        "offer": offer,
        "pending": purchase.refund_attempts.filter(state=State.PENDING).first(),
        "charged": format_money(offer.charged, purchase.currency),
        "left": format_money(offer.left, purchase.currency),
        "form": form,
    }
    if form.is_bound and form.is_valid():
        context["order"] = _order(purchase, offer, form)
    return TemplateResponse(request, "billing/admin/refund.html", context)


def _order(purchase: Purchase, offer: refunds.Offer, form: RefundForm) -> dict[str, Any] | None:
    """What the order would do, for the confirmation; None, with an error in the form, where it cannot be."""
    credits = form.cleaned_data["credits"]
    limit = offer.limit(form.cleaned_data["beyond_unused"])
    amount = offer.amount(credits)
    if credits > limit or amount <= 0:
        form.add_error("credits", _("At most %(limit)s credits can be refunded.") % {"limit": limit})
        return None
    return {
        "credits": credits,
        "amount": format_money(amount, purchase.currency),
        "used": max(0, credits - offer.unused),
        "fields": {name: form[name].value() for name in ("credits", "reason", "note", "seq")},
        "beyond_unused": form.cleaned_data["beyond_unused"],
    }


def _ordered(request: HttpRequest, purchase: Purchase, operator: User) -> HttpResponse:
    form = RefundForm(request.POST)
    if not form.is_valid():
        return _page(request, purchase, refunds.offer(purchase))
    attempt = refunds.order(
        purchase=purchase,
        seq=form.cleaned_data["seq"],
        credits=form.cleaned_data["credits"],
        reason=RefundAttempt.Reason(form.cleaned_data["reason"]),
        note=form.cleaned_data["note"],
        operator=operator,
        beyond_unused=form.cleaned_data["beyond_unused"],
    )
    _tell(request, attempt)
    return HttpResponseRedirect(_purchase_page(purchase))


def _resumed(request: HttpRequest, purchase: Purchase) -> HttpResponse:
    for attempt in purchase.refund_attempts.filter(state=State.PENDING):
        _tell(request, refunds.resume(attempt))
    return HttpResponseRedirect(_purchase_page(purchase))


def _tell(request: HttpRequest, attempt: RefundAttempt) -> None:
    amount = format_money(attempt.amount, attempt.purchase.currency)
    if attempt.state == State.ACCEPTED:
        messages.success(request, _("%(amount)s is refunded.") % {"amount": amount})
    elif attempt.state == State.PENDING:
        messages.warning(
            request,
            _("Stripe has not answered about %(amount)s yet. It is asked again by itself.")
            % {"amount": amount},
        )
    else:
        messages.error(request, _("Nothing was refunded. %(error)s") % {"error": attempt.error})


def _purchase_page(purchase: Purchase) -> str:
    return reverse("admin:billing_purchase_change", args=[purchase.pk])
