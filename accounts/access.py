"""Who may see a page: signed-in people, each in the account they work in."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from accounts.models import Account
from accounts.selectors import account_of

P = ParamSpec("P")


def member_page(
    view: Callable[Concatenate[HttpRequest, Account, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Hand the view the account of whoever is signed in; nothing of it is kept in a cache.

    Strangers are sent to sign in and come back.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(request, account_of(request.user), *args, **kwargs)  # type: ignore[arg-type]

    return login_required(never_cache(wrapped))
