"""API v1: the account's ledger."""

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from accounts.authentication import caller
from accounts.throttling import ReadThrottle
from billing.export_replies import FORMATS, ledger_reply
from core.api import ApiView
from core.errors import AppError


class MovementReply(serializers.Serializer[Any]):
    """One movement of credits and the balances after it."""

    seq = serializers.IntegerField()
    time = serializers.DateTimeField()
    kind = serializers.CharField()
    reason = serializers.CharField()
    job = serializers.CharField()
    purchase = serializers.CharField()
    receipt = serializers.CharField()
    available_change = serializers.IntegerField()
    held_change = serializers.IntegerField()
    debt_change = serializers.IntegerField()
    available = serializers.IntegerField()
    held = serializers.IntegerField()
    debt = serializers.IntegerField()


class LedgerReply(serializers.Serializer[Any]):
    """Every movement of the account's credits, oldest first."""

    account = serializers.CharField()
    exported_at = serializers.DateTimeField()
    movements = MovementReply(many=True)


class LedgerView(ApiView):
    """The account's ledger, streamed."""

    http_method_names = ["get"]
    throttle_classes = [ReadThrottle]

    @extend_schema(
        operation_id="ledger_get",
        parameters=[OpenApiParameter("format", str, enum=list(FORMATS), description="json unless given.")],
        responses={
            (200, "application/json"): LedgerReply,
            (200, "text/csv"): OpenApiResponse(str, "The same columns, with a header line."),
        },
        tags=["Account"],
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        wanted = request.query_params.get("format", "json")
        if wanted not in FORMATS:
            raise AppError("invalid_format", 400, 'format must be "json" or "csv".')
        return ledger_reply(caller(request).account, wanted)
