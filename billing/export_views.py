"""Where members save the account's ledger."""

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from accounts.models import Account
from billing.export_replies import FORMATS, ledger_reply
from billing.views import payer_page


@require_safe
@payer_page
def ledger(request: HttpRequest, account: Account, wanted: str) -> StreamingHttpResponse:
    """Every movement of the account's credits, as csv or json."""
    if wanted not in FORMATS:
        raise Http404
    return ledger_reply(account, wanted)
