"""The site's own address, as customers write it."""

from django.conf import settings
from django.http import HttpRequest


def base_url(request: HttpRequest) -> str:
    """Scheme and host without a slash at the end: PUBLIC_URL in production, else the host that was asked."""
    return settings.PUBLIC_URL if settings.PRODUCTION else request.build_absolute_uri("/").rstrip("/")
