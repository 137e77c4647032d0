"""The invoice: the page that `hosted_invoice_url` names, and the file of `invoice_pdf`."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from billing.stripe_simulator.amounts import shown
from billing.stripe_simulator.models import StripeObject
from billing.stripe_simulator.pages.landing import closed
from billing.stripe_simulator.pages.pdf import pdf
from billing.stripe_simulator.store import Body


def by_token(token: str) -> Body | None:
    """The invoice behind a page's secret address."""
    row = StripeObject.objects.filter(
        type="invoice", body__hosted_invoice_url__endswith=f"/invoices/{token}"
    ).first()
    return row.body if row else None


def words(invoice: Body) -> dict[str, Any]:
    currency = invoice["currency"]
    off = sum(entry["amount"] for entry in invoice["total_discount_amounts"])
    tax = sum(entry["amount"] for entry in invoice["total_taxes"])
    return {
        "invoice": invoice,
        "paid_at": datetime.fromtimestamp(invoice["status_transitions"]["paid_at"], UTC),
        "lines": [{**line, "shown": shown(line["amount"], currency)} for line in invoice["lines"]["data"]],
        "discount": shown(off, currency) if off else "",
        "tax": shown(tax, currency) if tax else "",
        "total": shown(invoice["total"], currency),
    }


@require_GET
def invoice_page(request: HttpRequest, token: str) -> HttpResponse:
    """The invoice to look at; 404 for none."""
    invoice = by_token(token)
    if invoice is None:
        return closed(request, "unknown", 404)
    return render(request, "stripe_simulator/invoice.html", words(invoice))


@require_GET
def invoice_file(request: HttpRequest, token: str) -> HttpResponse:
    """The invoice to keep; 404 for none."""
    invoice = by_token(token)
    if invoice is None:
        return closed(request, "unknown", 404)
    page = words(invoice)
    lines = [
        f"Invoice {invoice['number']}",
        f"{page['paid_at']:%Y-%m-%d}   paid   Stripe simulator: no money moved",
        "",
        f"For {invoice['customer_name'] or ''} {invoice['customer_email'] or ''}",
        *(f"{tax_id['type']} {tax_id['value']}" for tax_id in invoice["customer_tax_ids"]),
        "",
        *(f"{line['description']} x {line['quantity']}   {line['shown']}" for line in page["lines"]),
        *([f"Discount   -{page['discount']}"] if page["discount"] else []),
        *([f"Tax   {page['tax']}"] if page["tax"] else []),
        f"Total   {page['total']}",
    ]
    reply = HttpResponse(pdf(lines), content_type="application/pdf")
    reply["Content-Disposition"] = f'attachment; filename="Invoice-{invoice["number"]}.pdf"'
    return reply
