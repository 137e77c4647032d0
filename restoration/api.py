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


class OutputReply(serializers.Serializer[Any]):
    """A restored photo."""

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
    stage = serializers.CharField()
    progress = serializers.FloatField()
    credits_charged = serializers.IntegerField()
    error = serializers.DictField(allow_null=True)
    output = OutputReply(allow_null=True)
    report = serializers.DictField()
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


def present(job: Restoration, request: HttpRequest) -> dict[str, Any]:
    """A job as v1 shows it."""
    output = artifact_of(job, Artifact.Kind.OUTPUT)
    return {
        "id": job.public_id,
        "status": job.status,
        "stage": job.stage,
        "progress": round(job.progress, 3),
        "credits_charged": int(job.status == Restoration.Status.SUCCEEDED),
        "error": {"code": job.error_code, "message": job.error_detail} if job.error_code else None,
        "output": output
        and {
            "url": url_of(output, request),
            "mime": output.mime,
            "width": output.width,
            "height": output.height,
            "size": output.size,
            "expires_at": output.expires_at,
        },
        "report": job.report,
        "created_at": job.created_at,
        "ended_at": job.ended_at,
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
        response = Response({"id": account.public_id, "credits": balance(account).as_dict()})
        response["X-Credits-Remaining"] = str(balance(account).available)
        return response
