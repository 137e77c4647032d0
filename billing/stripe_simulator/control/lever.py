"""A lever: a POST of a JSON body under the API's key."""

import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.gateway import authenticate
from billing.stripe_simulator.params import Params, parsed
from billing.stripe_simulator.store import Body


def lever(
    change: Callable[[dict[str, Any]], Body], declared: type[Params] = Params
) -> Callable[..., HttpResponse]:
    """A view that pulls it; what it changed is the reply."""

    @csrf_exempt
    def view(request: HttpRequest) -> HttpResponse:
        try:
            authenticate(request)
            if request.method != "POST":
                raise StripeFailure(405, "Use POST.")
            with transaction.atomic():
                return JsonResponse(change(parsed(declared, json.loads(request.body or b"{}"))))
        except StripeFailure as failure:
            return JsonResponse(failure.body, status=failure.status)

    return view
