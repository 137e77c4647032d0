"""Signed addresses of results: they need no login, end with the file's retention and die with deletion."""

from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.signing import Signer
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from restoration.models import Artifact

_signer = Signer(salt="restoration.media")
CHUNK = 256 * 1024
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/json": "json"}


def path_of(artifact: Artifact) -> str:
    """The signed path of a file: valid until its retention ends."""
    expiry = int(artifact.expires_at.timestamp())
    return f"/media/{artifact.public_id}?e={expiry}&s={_signature(artifact.public_id, str(expiry))}"


def url_of(artifact: Artifact, request: HttpRequest) -> str:
    """The signed address of a file, at the host that customers use."""
    path = path_of(artifact)
    return settings.PUBLIC_URL + path if settings.PRODUCTION else request.build_absolute_uri(path)


def file_name(artifact: Artifact) -> str:
    """A name for the saved file: ours, never the customer's."""
    extension = EXTENSIONS.get(artifact.mime, "bin")
    kind = "restored" if artifact.kind == Artifact.Kind.OUTPUT else artifact.kind.replace("_", "-")
    return f"heirloom-{artifact.created_at:%Y%m%d-%H%M}-{artifact.public_id[-6:]}-{kind}.{extension}"


def _signature(public_id: str, expiry: str) -> str:
    return _signer.signature(f"{public_id}.{expiry}")


@require_safe
def media(request: HttpRequest, public_id: str) -> HttpResponse | StreamingHttpResponse:
    """Serve a file to whoever holds its signed address; `download=1` asks the browser to save it."""
    expiry = request.GET.get("e", "")
    if not constant_time_compare(_signature(public_id, expiry), request.GET.get("s", "")):
        raise Http404
    artifact = Artifact.objects.filter(
        public_id=public_id, purged_at=None, expires_at__gt=timezone.now()
    ).first()
    if artifact is None:
        raise Http404
    disposition = "attachment" if "download" in request.GET else "inline"
    headers = {
        "Content-Type": artifact.mime,
        "Content-Disposition": f'{disposition}; filename="{file_name(artifact)}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": f"private, max-age={_cache_seconds(artifact)}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if settings.MEDIA_REDIRECTS:
        return HttpResponseRedirect(default_storage.url(artifact.storage_key))
    try:
        file = default_storage.open(artifact.storage_key, "rb")
    except FileNotFoundError:
        raise Http404 from None
    headers["Content-Length"] = str(file.size)
    if request.method == "HEAD":
        file.close()
        return HttpResponse(headers=headers)
    return StreamingHttpResponse(_chunks(file), headers=headers)


def _cache_seconds(artifact: Artifact) -> int:
    # A browser must not show a deleted photo for long.
    return int(min(timedelta(minutes=5), artifact.expires_at - timezone.now()).total_seconds())


async def _chunks(file: Any) -> Any:
    # Async, because Django reads a sync iterator into memory whole before the first byte leaves.
    read = sync_to_async(file.read, thread_sensitive=False)
    try:
        while chunk := await read(CHUNK):
            yield chunk
    finally:
        file.close()
