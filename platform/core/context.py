"""What every template may show."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Support address, whether money is simulated, and the request id for error pages."""
    return {
        "support_email": settings.SUPPORT_EMAIL,
        "stripe_simulated": settings.STRIPE_SIMULATED,
        "development": not settings.PRODUCTION,
        "request_id": getattr(request, "request_id", ""),
    }
