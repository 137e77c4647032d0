"""The way of an API request: key, version, parameters, idempotency, handler, expansion, reply."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt

from billing.stripe_simulator import API_VERSION, faults, idempotency, ids
from billing.stripe_simulator.errors import KeptFailure, StripeFailure, unauthorized, unsupported_version
from billing.stripe_simulator.expansion import expanded
from billing.stripe_simulator.form_encoding import decode
from billing.stripe_simulator.params import Params, parsed
from billing.stripe_simulator.settings import SIMULATOR_API_KEY, SIMULATOR_PUBLIC_URL
from billing.stripe_simulator.store import Body


@dataclass(frozen=True)
class Call:
    """What a handler may know of its request."""

    params: dict[str, Any] = field(default_factory=dict)
    request_id: str | None = None
    idempotency_key: str | None = None
    public_url: str = ""


@dataclass(frozen=True)
class Operation:
    """One method of one address: `handler(call, **ids from the path)` with its parameters declared."""

    handler: Callable[..., Body]
    params: type[Params] = Params


def authenticate(request: HttpRequest) -> None:
    """Raises StripeFailure (401) unless the request carries the simulator's key."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not key:
        raise unauthorized(
            "You did not provide an API key. Send it as 'Authorization: Bearer YOUR_SECRET_KEY'."
        )
    if key.startswith(("sk_live_", "rk_live_")):
        raise unauthorized("This is a simulator: it takes no live key. Nothing was charged.")
    if not hmac.compare_digest(key, SIMULATOR_API_KEY):
        raise unauthorized(f"Invalid API Key provided: {key[:8]}{'*' * 8}{key[-4:]}")


def public_url(request: HttpRequest) -> str:
    return SIMULATOR_PUBLIC_URL or f"{request.scheme}://{request.get_host()}"


def endpoint(**operations: Operation) -> Callable[..., HttpResponse]:
    """A view of the given operations, by HTTP method."""

    @csrf_exempt
    def view(request: HttpRequest, **path_ids: str) -> HttpResponse:
        request_id = ids.new("req")
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        replayed = False
        try:
            authenticate(request)
            version = request.headers.get("Stripe-Version", API_VERSION)
            if version != API_VERSION:
                raise unsupported_version(version)
            operation = operations.get(request.method or "")
            if operation is None:
                raise unrecognized(request)
            status, body, replayed = answer(request, operation, path_ids, request_id, key)
        except StripeFailure as failure:
            status, body = failure.status, failure.body
        reply = JsonResponse(body, status=status, json_dumps_params={"indent": 2})
        reply["Request-Id"] = request_id
        reply["Stripe-Version"] = API_VERSION
        if key:
            reply["Idempotency-Key"] = key
            if replayed:
                reply["Idempotent-Replayed"] = "true"
        return reply

    # What it does, for whoever compares it with Stripe's.
    view.operations = operations  # type: ignore[attr-defined]
    return view


def answer(
    request: HttpRequest, operation: Operation, path_ids: dict[str, str], request_id: str, key: str | None
) -> tuple[int, Body, bool]:
    """(status, body, replayed). Raises StripeFailure for what no key remembers."""
    fault = faults.take(request.method or "", request.path)
    fault.strike("before")
    raw = decode(QueryDict(request.body) if request.method == "POST" else request.GET)
    if key:
        mark = idempotency.fingerprint(request.method or "", request.path, raw)
        earlier = idempotency.begin(key, mark, request.path)
        if earlier:
            return earlier[0], earlier[1], True
    try:
        params = parsed(operation.params, raw)
        call = Call(params, request_id, key, public_url(request))
        status, body = execute(operation, call, path_ids, fault)
    except BaseException:
        if key:
            idempotency.abandon(key)
        raise
    fault.strike("after")
    return status, body, False


def execute(
    operation: Operation, call: Call, path_ids: dict[str, str], fault: faults.Ordered
) -> tuple[int, Body]:
    """Run the handler and remember its reply in one transaction; a failure rolls back, then is remembered."""
    try:
        fault.strike("handler")
        with transaction.atomic():
            try:
                status, body = (
                    200,
                    expanded(operation.handler(call, **path_ids), call.params.get("expand", [])),
                )
            except KeptFailure as refusal:
                status, body = refusal.status, refusal.body
            if call.idempotency_key:
                idempotency.finish(call.idempotency_key, status, body)
        return status, body
    except StripeFailure as failure:
        if not failure.saved:
            raise
        if call.idempotency_key:
            idempotency.finish(call.idempotency_key, failure.status, failure.body)
        return failure.status, failure.body


def unrecognized(request: HttpRequest) -> StripeFailure:
    return StripeFailure(
        404,
        f"Unrecognized request URL ({request.method}: {request.path}). The simulator may not know it.",
        saved=False,
    )
