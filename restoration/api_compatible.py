"""The compatibility endpoint: existing clients of the Photo Restoration API change only the host.

`{"message": …}` of its errors and `{"output": …}` of its success stay to the letter.
"""

import base64
from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller
from accounts.throttling import KeyThrottle
from billing.selectors import balance
from core.api import ApiView
from core.errors import AppError
from core.hold import hold
from core.requests import replay_of
from restoration import queueing, services, storage
from restoration.api_request import BodyParser, RestoreRequest, read
from restoration.media import url_of
from restoration.models import Artifact, Restoration
from restoration.selectors import artifact_of, restorations_of

MAX_DATA_URI = 10 * 1024 * 1024
# What is wrong with the customer's input; every other failure is ours.
INPUT_CODES = {
    "invalid_url",
    "image_unreachable",
    "image_too_large",
    "empty",
    "unsupported_format",
    "corrupt_image",
    "animated_image",
    "too_many_pixels",
    "too_small",
    "invalid_options",
    "invalid_mask",
}


class RestoreReply(serializers.Serializer[Any]):
    """Body of a success."""

    output = serializers.CharField(help_text="Address of the restored photo, or a data URI where asked for.")


class ErrorReply(serializers.Serializer[Any]):
    """Body of every error."""

    message = serializers.CharField()
    code = serializers.CharField(required=False)
    detail = serializers.CharField(required=False)
    request_id = serializers.CharField(required=False)
    status_url = serializers.URLField(required=False)


def _documented(description: str) -> OpenApiResponse:
    return OpenApiResponse(ErrorReply, description)


class PhotoRestoreView(ApiView):
    """Restore one photo and answer with it."""

    http_method_names = ["post"]
    parser_classes = [BodyParser]
    throttle_classes = [KeyThrottle]

    @extend_schema(
        operation_id="photo_restore",
        summary="Restore a photo",
        description="The reply is held while the photo is restored, at most 60 seconds. One credit on success.",
        parameters=[
            OpenApiParameter("output", str, enum=["url", "base64"], description="What `output` holds.")
        ],
        request=RestoreRequest,
        responses={
            200: RestoreReply,
            400: _documented("Invalid input"),
            401: _documented("Invalid or expired API key"),
            402: _documented("Insufficient credits"),
            405: _documented("Method not allowed"),
            429: _documented("Rate limit exceeded. Please try again later."),
            500: _documented("Service error"),
        },
        tags=["Photo restoration"],
    )
    def post(self, request: Request) -> Response:
        wanted = read(request)
        queueing.refuse_overload()
        job = services.submit_url(
            account=caller(request).account,
            api_key=caller(request).key,
            url=wanted.url,
            origin=Restoration.Origin.API,
            options=wanted.options,
            mask=wanted.mask,
        )
        path = reverse("api:restoration-detail", args=[job.public_id])
        response = Response({"id": job.public_id, "status": job.status}, status=202)
        response["Location"] = path
        response["X-Job-Id"] = job.public_id
        replay = reverse("api:photo-restore-result", args=[job.public_id]) + f"?output={wanted.output}"
        hold(response, job=job.public_id, replay_path=replay, seconds=settings.RESTORATION_HOLD_S)
        return response


class PhotoRestoreResultView(ApiView):
    """The reply of an earlier call once more, for a client whose connection broke."""

    http_method_names = ["get"]
    throttle_classes: list[Any] = []

    @extend_schema(exclude=True)
    def get(self, request: Request, public_id: str) -> Response:
        jobs = restorations_of(caller(request).account)
        job = jobs.filter(public_id=public_id).first()
        if job is None:
            raise AppError("not_found", 404, "There is no such restoration, or it is not yours.")
        replay = replay_of(request._request)
        if replay and replay["expired"] and not job.has_ended:
            # Loses to a success that comes at the same moment; then that success is the answer.
            services.time_out(job=job)
            job = jobs.get(pk=job.pk)
        response = Response({"output": self._output(request, job)})
        response["X-Credits-Charged"] = "1"
        response["X-Credits-Remaining"] = str(balance(caller(request).account).available)
        response["X-Job-Id"] = job.public_id
        return response

    def _output(self, request: Request, job: Restoration) -> str:
        if job.status != Restoration.Status.SUCCEEDED:
            raise self._refusal(request, job)
        artifact = artifact_of(job, Artifact.Kind.OUTPUT)
        if artifact is None:
            raise AppError("output_deleted", 404, "The restored photo was deleted when its retention ended.")
        if request.query_params.get("output") == "base64" and data_uri_length(artifact) <= MAX_DATA_URI:
            encoded = base64.b64encode(storage.read(artifact.storage_key)).decode("ascii")
            return f"data:{artifact.mime};base64,{encoded}"
        return url_of(artifact, request._request)

    def _refusal(self, request: Request, job: Restoration) -> AppError:
        if job.status == Restoration.Status.FAILED and job.error_code in INPUT_CODES:
            return AppError(job.error_code, 400, job.error_detail)
        status_url = request.build_absolute_uri(reverse("api:restoration-detail", args=[job.public_id]))
        detail = job.error_detail or "The photo is still being restored. Ask again at status_url."
        return AppError(job.error_code or "not_finished", 500, detail, {"status_url": status_url})


def data_uri_length(artifact: Artifact) -> int:
    """Characters of the file as a data URI."""
    return len(f"data:{artifact.mime};base64,") + 4 * ((artifact.size + 2) // 3)
