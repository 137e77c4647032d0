"""What every API view shares: limit headers on each reply, 405 before anything is asked, one error handler."""

import time
from typing import Any

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from core.problems import compatible_body, describe, is_compatible, problem_body


class ApiView(APIView):
    """A view whose replies carry `RateLimit*` and `X-RateLimit-*`."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # DRF would ask for a key and count the request before it finds out that the method does not exist.
        if request.method and request.method.lower() not in self.http_method_names:
            raise MethodNotAllowed(request.method)
        if not hasattr(self, (request.method or "").lower()):
            raise MethodNotAllowed(request.method or "")
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        usage = getattr(getattr(request, "_request", request), "rate_limit", None)
        if usage is not None:
            limit, remaining, left = usage
            response["RateLimit-Policy"] = f'"default";q={limit};w=3600'
            response["RateLimit"] = f'"default";r={remaining};t={left}'
            response["X-RateLimit-Limit"] = str(limit)
            response["X-RateLimit-Remaining"] = str(remaining)
            response["X-RateLimit-Reset"] = str(int(time.time()) + left)
        response["Cache-Control"] = "no-store"
        found: Response = response
        return found


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: every error of the API leaves by this door."""
    set_rollback()
    error = describe(exc)
    request = context["request"]
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(exc, MethodNotAllowed):
        headers["Allow"] = ", ".join(context["view"].allowed_methods)
    request_id = getattr(request, "request_id", "")
    if is_compatible(request.path):
        status, body = compatible_body(error, request_id)
        return Response(body, status=status, headers=headers)
    status, body = problem_body(error, request_id)
    return Response(body, status=status, headers=headers, content_type="application/problem+json")
