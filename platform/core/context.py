"""What every template may show."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Support address, how long photos are kept, whether money is simulated, and the request id for error pages."""
    return {
        "support_email": settings.SUPPORT_EMAIL,
        "source_hours": settings.SOURCE_RETENTION_H,
        "output_days": settings.OUTPUT_RETENTION_D,
        "stripe_simulated": settings.STRIPE_SIMULATED,
        "development": not settings.PRODUCTION,
        "request_id": getattr(request, "request_id", ""),
    }
