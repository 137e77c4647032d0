"""The checkout page: a card, a saved card, a bank account or nothing at all pays for an open session."""

from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from billing.stripe_simulator.amounts import shown
from billing.stripe_simulator.bank_accounts import DEBITS
from billing.stripe_simulator.checkout import country_of, last_failure, pay, saved_methods, settled
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.discounts import named
from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.gateway import public_url
from billing.stripe_simulator.pages.forms import CardForm, DebitForm, PayerForm
from billing.stripe_simulator.pages.landing import after_payment, closed
from billing.stripe_simulator.pages.order import order_shown
from billing.stripe_simulator.pages.wallet import described
from billing.stripe_simulator.payer import Payer, address
from billing.stripe_simulator.resources.payment_method_shape import account_method, card_method
from billing.stripe_simulator.store import Body, add, fetch, find
from billing.stripe_simulator.totals import discounted, retotal


@dataclass
class Turn:
    """What a submission came to: the form to show again, what is wrong with it, or where to go."""

    form: PayerForm | None = None
    problem: str = ""
    status: int = 200
    over: bool = False
    go_to: str = ""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest, session: str) -> HttpResponse:
    """The payment form of an open session; 410 for one that is over, 404 for none."""
    body = find(session, "checkout.session")
    if body is None:
        return closed(request, "unknown", 404)
    if not is_open(body):
        return closed(request, body["status"], 410)
    turn = submitted(request, session) if request.method == "POST" else Turn()
    if turn.go_to:
        return HttpResponseRedirect(turn.go_to)
    if turn.over:
        return after_payment(session)
    body = fetch("checkout.session", session)
    failure = last_failure(body)
    page = {
        "session": body,
        "form": turn.form or blank_form(request, body),
        "problem": turn.problem or (f"{failure['message']} You were not charged." if failure else ""),
        "saved": [{"id": one["id"], "shown": described(one)} for one in saved_methods(body)],
        "debit": debit_of(body),
        "by_debit": wants_debit(request, body),
        **order_shown(body),
    }
    return render(request, "stripe_simulator/checkout.html", page, status=turn.status)


def is_open(session: Body) -> bool:
    return bool(session["status"] == "open" and session["expires_at"] > now())


def debit_of(session: Body) -> str | None:
    """The kind of debit that this session takes."""
    kind = DEBITS.get(session["currency"])
    return kind if kind in session["payment_method_types"] else None


def wants_debit(request: HttpRequest, session: Body) -> bool:
    return request.GET.get("method") == "debit" and debit_of(session) is not None


def form_of(request: HttpRequest, session: Body, **options: object) -> PayerForm:
    """The form for how the customer wants to pay; nothing but a name where nothing is to be paid."""
    if not session["amount_total"]:
        return PayerForm(session, **options)
    if wants_debit(request, session):
        return DebitForm(session, debit_of(session) or "", **options)
    return CardForm(session, **options)


def blank_form(request: HttpRequest, session: Body) -> PayerForm:
    details = session["customer_details"] or {}
    email = session["customer_email"] or details.get("email")
    initial = {"email": email, "country": country_of(session), "name": details.get("name")}
    return form_of(request, session, initial=initial)


def submitted(request: HttpRequest, session: str) -> Turn:
    """Do what the pressed button says, under the write lock: two submissions at once pay once."""
    actions = {
        "saved": pay_with_saved,
        "promotion": use_code,
        "remove_promotion": drop_code,
        "address": show_tax,
    }
    with transaction.atomic():
        body = fetch("checkout.session", session)
        if not is_open(body):
            return Turn(over=True)
        try:
            with transaction.atomic():
                return actions.get(request.POST.get("action", ""), pay_anew)(request, body)
        except StripeFailure as failure:
            return Turn(problem=f"{failure} You were not charged.", status=400)


def pay_anew(request: HttpRequest, session: Body) -> Turn:
    """Pay with what was typed."""
    form = form_of(request, session, data=request.POST)
    if not form.is_valid():
        return Turn(form)
    changed = settled(session, form.payer)
    if request.POST.get("total", "") not in ("", str(changed["amount_total"])):
        total = shown(changed["amount_total"], changed["currency"])
        return Turn(form, f"With tax the total is {total}. Pay again if you agree.")
    method = None
    if isinstance(form, CardForm):
        wish = "always" if form.cleaned_data.get("save") else "limited"
        method = add(card_method(form.card, form.payer, wish))
    elif isinstance(form, DebitForm):
        method = add(account_method(form.bank_account, form.payer))
    return paid(request, changed, method, form.payer, form)


def pay_with_saved(request: HttpRequest, session: Body) -> Turn:
    """Pay with a card that the page offered."""
    method = next((one for one in saved_methods(session) if one["id"] == request.POST.get("saved")), None)
    if method is None:
        return Turn(problem="That card is no longer saved. Use another one.")
    known = method["billing_details"]
    email = (session["customer_details"] or {}).get("email") or known["email"] or ""
    payer = Payer(email, known["name"] or "", known["address"])
    return paid(request, settled(session, payer), method, payer, None)


def paid(
    request: HttpRequest, session: Body, method: Body | None, payer: Payer, form: PayerForm | None
) -> Turn:
    """Try the payment method over the amounts that the customer has seen."""
    if session["automatic_tax"]["status"] == "requires_location_inputs":
        return Turn(form, "Choose your country, so that the tax can be worked out.")
    intent = pay(session, method, payer, public_url(request))
    if intent and intent["status"] == "requires_action":
        return Turn(go_to=intent["next_action"]["redirect_to_url"]["url"])
    if intent and intent["last_payment_error"]:
        return Turn(form, status=402)
    return Turn(over=True)


def use_code(request: HttpRequest, session: Body) -> Turn:
    if not session["allow_promotion_codes"]:
        return Turn(problem="This checkout takes no codes.", status=400)
    code = named(request.POST.get("code", "").strip())
    discounted(session, {"coupon": None, "promotion_code": code["id"]}, country_of(session))
    return Turn()


def drop_code(request: HttpRequest, session: Body) -> Turn:
    if session["allow_promotion_codes"]:
        discounted(session, None, country_of(session))
    return Turn()


def show_tax(request: HttpRequest, session: Body) -> Turn:
    """Work the tax out for the country chosen, before anything is paid."""
    payer = Payer(request.POST.get("email", ""), "", address(country=request.POST.get("country", "")))
    retotal({**session, "customer_details": payer.customer_details()}, payer.address["country"])
    return Turn(form_of(request, session, initial=request.POST.dict()))
