"""Credits beside the jobs they were spent on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import member_page
from accounts.models import Account
from billing.catalog import offers
from billing.selectors import balance
from restoration.statement import statement


@require_safe
@member_page
def credits_page(request: HttpRequest, account: Account) -> HttpResponse:
    """The balance in one sentence, packs to buy, and every movement with the job it belongs to."""
    before = request.GET.get("before", "")
    context = {
        "balance": balance(account),
        "offers": offers(account),
        "statement": statement(account, int(before) if before.isdecimal() and len(before) < 19 else 0),
    }
    return render(request, "restoration/credits.html", context)
