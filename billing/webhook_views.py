"""Where Stripe delivers events: verify, keep, answer at once."""

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.stripe_client import InvalidSignature, UnsupportedVersion
from billing.stripe_events import receive

log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """200 once the event is kept; 400 for what Stripe did not sign or we cannot read; 503 so that it comes again."""
    try:
        event = receive(request.body, request.headers.get("Stripe-Signature", ""))
    except InvalidSignature as exc:
        log.warning("webhook_refused", reason=str(exc))
        return JsonResponse(
            {"code": "invalid_signature", "message": "The signature is not valid."}, status=400
        )
    except UnsupportedVersion as exc:
        log.error("webhook_version", reason=str(exc))
        return JsonResponse({"code": "unsupported_version", "message": f"Unsupported: {exc}"}, status=400)
    except DatabaseError as exc:
        log.error("webhook_not_kept", error=str(exc))
        reply = JsonResponse(
            {"code": "unavailable", "message": "The event was not kept. Send it again."}, status=503
        )
        reply["Retry-After"] = "30"
        return reply
    return JsonResponse({"received": event.event_id})
