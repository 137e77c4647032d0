"""Error pages and, under /api/, their JSON. They ask no database: it may be what failed."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from core.errors import AppError
from core.problems import describe, json_error


def answer(request: HttpRequest, error: AppError) -> HttpResponse:
    """The error as JSON under /api/, as a page elsewhere. There are pages for 400, 403, 404, 413, 429 and 500."""
    if request.path.startswith("/api/"):
        return json_error(request, error)
    # Rendered with the request, so that language and request id are known; the page asks for no user.
    page = render_to_string(f"{error.status}.html", {"path": request.path}, request)
    return HttpResponse(page, status=error.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request itself is malformed."""
    return answer(request, AppError("bad_request", HTTPStatus.BAD_REQUEST, "The request is malformed."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: known, but not allowed."""
    return answer(request, AppError("forbidden", HTTPStatus.FORBIDDEN, "You are not allowed to do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing here, or not yours: the two look the same."""
    return answer(request, describe(Http404()))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    error = AppError("internal_error", 500, "Something failed on our side. Nothing was charged.")
    return answer(request, error)
