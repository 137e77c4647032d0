"""Credits beside the jobs they were spent on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import member_page
from accounts.models import Account, User
from billing.payers import may_pay
from billing.selectors import balance, grants_left, owed
from billing.storefront import storefront
from billing.top_up_rules import rule_of
from restoration.statement import statement

GRANTS = 50


@require_safe
@member_page
def credits_page(request: HttpRequest, account: Account) -> HttpResponse:
    """The balance in one sentence, packs to buy, when credits expire, and every movement with its job."""
    before = request.GET.get("before", "")
    context = {
        "balance": balance(account),
        "shop": storefront(account),
        "pays": isinstance(request.user, User) and may_pay(account=account, user=request.user),
        "grants": grants_left(account)[:GRANTS],
        "owed": owed(account),
        "rule": rule_of(account),
        "statement": statement(account, int(before) if before.isdecimal() and len(before) < 19 else 0),
    }
    return render(request, "restoration/credits.html", context)
