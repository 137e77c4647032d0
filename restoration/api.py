"""API v1: reading a restoration and the account's credits."""

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller
from accounts.throttling import ReadThrottle
from billing.selectors import balance
from core.api import ApiView
from core.errors import AppError
from restoration.api_request import RestoreOptions
from restoration.media import url_of
from restoration.models import Artifact, Restoration
from restoration.selectors import artifact_of, restorations_of


class CreditsReply(serializers.Serializer[Any]):
    """Credits of an account."""

    available = serializers.IntegerField()
    held = serializers.IntegerField()
    debt = serializers.IntegerField()


class AccountReply(serializers.Serializer[Any]):
    """An account."""

    id = serializers.CharField()
    credits = CreditsReply()


class FileReply(serializers.Serializer[Any]):
    """A file of a result; width and height are 0 where it is no picture."""

    url = serializers.URLField()
    mime = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    size = serializers.IntegerField()
    expires_at = serializers.DateTimeField()


class RestorationReply(serializers.Serializer[Any]):
    """A restoration."""

    id = serializers.CharField()
    status = serializers.ChoiceField(Restoration.Status.choices)
    options = RestoreOptions(help_text="What was asked for, every option named.")
    stage = serializers.CharField()
    progress = serializers.FloatField()
    credits_charged = serializers.IntegerField()
    error = serializers.DictField(allow_null=True)
    output = FileReply(allow_null=True, help_text="The restored photo.")
    change_map = FileReply(
        allow_null=True, help_text="Where the photo was repaired, and where it was invented."
    )
    damage_mask = FileReply(
        allow_null=True,
        help_text="What was taken for damaged, white on black: edit it and send it as `mask` to have it your way.",
    )
    comparison = FileReply(allow_null=True, help_text="Before and after side by side.")
    report_file = FileReply(allow_null=True, help_text="The report as a JSON file.")
    report = serializers.DictField(help_text="What was found and done, and how faithful the result is.")
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


def present(job: Restoration, request: HttpRequest) -> dict[str, Any]:
    """A job as v1 shows it."""
    return {
        "id": job.public_id,
        "status": job.status,
        "options": job.options,
        "stage": job.stage,
        "progress": round(job.progress, 3),
        "credits_charged": int(job.status == Restoration.Status.SUCCEEDED),
        "error": {"code": job.error_code, "message": job.error_detail} if job.error_code else None,
        "output": _file(job, Artifact.Kind.OUTPUT, request),
        "change_map": _file(job, Artifact.Kind.CHANGE_MAP, request),
        "damage_mask": _file(job, Artifact.Kind.DAMAGE_MASK, request),
        "comparison": _file(job, Artifact.Kind.COMPARISON, request),
        "report_file": _file(job, Artifact.Kind.REPORT, request),
        "report": job.report,
        "created_at": job.created_at,
        "ended_at": job.ended_at,
    }


def _file(job: Restoration, kind: Artifact.Kind, request: HttpRequest) -> dict[str, Any] | None:
    artifact = artifact_of(job, kind)
    if artifact is None:
        return None
    return {
        "url": url_of(artifact, request),
        "mime": artifact.mime,
        "width": artifact.width,
        "height": artifact.height,
        "size": artifact.size,
        "expires_at": artifact.expires_at,
    }


class RestorationDetailView(ApiView):
    """One restoration."""

    http_method_names = ["get"]
    throttle_classes = [ReadThrottle]

    @extend_schema(operation_id="restoration_get", responses=RestorationReply, tags=["Restorations"])
    def get(self, request: Request, public_id: str) -> Response:
        job = restorations_of(caller(request).account).filter(public_id=public_id).first()
        if job is None:
            raise AppError("not_found", 404, "There is no such restoration, or it is not yours.")
        return Response(present(job, request._request))


class AccountView(ApiView):
    """The account behind the key, and its credits."""

    http_method_names = ["get"]
    throttle_classes = [ReadThrottle]

    @extend_schema(operation_id="account_get", responses=AccountReply, tags=["Account"])
    def get(self, request: Request) -> Response:
        account = caller(request).account
        credits = balance(account)
        response = Response({"id": account.public_id, "credits": credits.as_dict()})
        response["X-Credits-Remaining"] = str(credits.available)
        return response
