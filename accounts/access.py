"""Who may see a page: signed-in people, each in the account they work in."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from accounts.models import Account, Membership
from accounts.selectors import account_of

P = ParamSpec("P")


def member_page(
    view: Callable[Concatenate[HttpRequest, Account, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Hand the view the account of whoever is signed in; nothing of it is kept in a cache.

    Strangers are sent to sign in and come back.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, account_of(request.user), *args, **kwargs)  # type: ignore[arg-type]

    return login_required(never_cache(wrapped))


def role_page(
    *roles: Membership.Role,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Account, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """`member_page` for members of these roles alone; others get 403."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, Account, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def checked(
            request: HttpRequest, account: Account, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            # The role in this account: another account's says nothing here.
            if not account.memberships.filter(user=request.user.pk, role__in=roles).exists():
                raise PermissionDenied
            return view(request, account, *args, **kwargs)

        return member_page(checked)

    return decorate
