"""Pages about an account's API keys and its settings."""

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import api_keys, key_caps
from accounts.access import member_page
from accounts.forms import CapForm, KeyForm
from accounts.models import Account, ApiKey
from accounts.selectors import keys_of
from core.errors import AppError

# Kept in the session: a form that was sent once makes no second key when the page is reloaded.
FORM_ONCE = "key_form"


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def keys(request: HttpRequest, account: Account) -> HttpResponse:
    """The account's keys; POST makes one and shows it, this once."""
    if request.method != "POST":
        return _key_page(request, account, KeyForm())
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _key_page(request, account, form, status=422)
    if request.POST.get("once") != request.session.pop(FORM_ONCE, None):
        messages.warning(request, _("This form was sent before, so no second key was made."))
        return redirect("accounts:keys")
    try:
        row, text = api_keys.create(
            account=account, name=form.cleaned_data["name"], expires_at=form.cleaned_data["expires_on"]
        )
        key_caps.set_cap(key=row, monthly_credits=form.cleaned_data["monthly_cap"])
    except AppError as exc:
        form.add_error(None, exc.message)
        return _key_page(request, account, form, status=exc.status)
    return _key_page(request, account, KeyForm(), created=row, text=text)


def _key_page(
    request: HttpRequest,
    account: Account,
    form: KeyForm,
    *,
    created: ApiKey | None = None,
    text: str = "",
    status: int = 200,
) -> HttpResponse:
    request.session[FORM_ONCE] = secrets.token_urlsafe(16)
    context = {
        "form": form,
        "keys": keys_of(account),
        "caps": key_caps.caps_of(account),
        "once": request.session[FORM_ONCE],
        "created": created,
        "key_text": text,
    }
    return render(request, "accounts/keys.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def revoke(request: HttpRequest, account: Account, public_id: str) -> HttpResponse:
    """Ask, naming what stops working; POST ends the key at once."""
    key = get_object_or_404(ApiKey, account=account, public_id=public_id, revoked_at=None)
    if request.method != "POST":
        return render(request, "accounts/revoke.html", {"key": key})
    api_keys.revoke(account=account, public_id=public_id)
    messages.success(request, _("%(key)s is revoked. It is refused from now on.") % {"key": key})
    return redirect("accounts:keys")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def cap(request: HttpRequest, account: Account, public_id: str) -> HttpResponse:
    """What a key may spend in a month, beside what it has spent; POST changes it."""
    key = get_object_or_404(ApiKey, account=account, public_id=public_id, revoked_at=None)
    form = CapForm(request.POST or None, initial={"monthly_cap": key_caps.cap_of(key.lineage_id)})
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "accounts/cap.html", {"key": key, "form": form}, status=status)
    wanted = form.cleaned_data["monthly_cap"]
    key_caps.set_cap(key=key, monthly_credits=wanted)
    text = _("%(key)s has no cap now.") if wanted is None else _("The cap of %(key)s is set.")
    messages.success(request, text % {"key": key})
    return redirect("accounts:keys")


@require_safe
@member_page
def settings(request: HttpRequest, account: Account) -> HttpResponse:
    """Address, password, and what identifies the account to support."""
    return render(request, "accounts/settings.html", {"account": account})
