"""The ledger as a file, streamed: for the website and for the API."""

from django.http import StreamingHttpResponse
from django.utils import timezone

from accounts.models import Account
from billing.exports import csv_lines, json_parts

FORMATS = {"csv": ("text/csv; charset=utf-8", csv_lines), "json": ("application/json", json_parts)}


def ledger_reply(account: Account, wanted: str) -> StreamingHttpResponse:
    """The account's ledger as csv or json; KeyError for anything else."""
    mime, parts = FORMATS[wanted]
    name = f"heirloom-ledger-{account.public_id}-{timezone.now():%Y%m%d}.{wanted}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return StreamingHttpResponse(parts(account), content_type=mime, headers=headers)
