"""The shape of a paid invoice, its lines and its payment."""

from billing.stripe_simulator import ids
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.paging import listing
from billing.stripe_simulator.store import Body
from billing.stripe_simulator.taxes import is_inclusive


def line(item: Body, invoice: str, discounts: list[str]) -> Body:
    taken = [{"amount": item["amount_discount"], "discount": discount} for discount in discounts]
    return {
        "id": ids.new("il"),
        "object": "line_item",
        "amount": item["amount_subtotal"],
        "currency": item["currency"],
        "description": item["description"],
        "discount_amounts": taken,
        "discountable": True,
        "discounts": discounts,
        "invoice": invoice,
        "livemode": False,
        "metadata": {},
        "parent": None,
        "period": {"end": now(), "start": now()},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": item["price"]["id"], "product": item["price"]["product"]},
            "type": "price_details",
            "unit_amount_decimal": item["price"]["unit_amount_decimal"],
        },
        "quantity": item["quantity"],
        "subtotal": item["amount_subtotal"],
        "taxes": taxes([item]),
    }


def taxes(items: list[Body]) -> list[Body]:
    """The tax on these items; none where there is none."""
    amount = sum(item["amount_tax"] for item in items)
    if not amount:
        return []
    inclusive = is_inclusive(items[0]["price"])
    taxable = sum(item["amount_total"] - item["amount_tax"] for item in items)
    return [
        {
            "amount": amount,
            "tax_behavior": "inclusive" if inclusive else "exclusive",
            "tax_rate_details": {"tax_rate": "txr_simulated"},
            "taxability_reason": "standard_rated",
            "taxable_amount": taxable,
            "type": "tax_rate_details",
        }
    ]


def shaped(session: Body, customer: Body, items: list[Body], number: str, public_url: str) -> Body:
    """The invoice of a session that is paid, as the API shows it."""
    invoice_id, page = ids.new("in"), f"{public_url}/invoices/{ids.new('test')}"
    payer, data = session["customer_details"], session["invoice_creation"]["invoice_data"]
    total, discounts = session["amount_total"], [ids.new("di") for _ in session["discounts"]]
    sums = session["total_details"]
    return {
        "id": invoice_id,
        "object": "invoice",
        "account_country": "US",
        "account_name": "Simulator",
        "account_tax_ids": None,
        "amount_due": total,
        "amount_overpaid": 0,
        "amount_paid": total,
        "amount_remaining": 0,
        "amount_shipping": 0,
        "application": None,
        "attempt_count": 0,
        "attempted": True,
        "auto_advance": False,
        "automatic_tax": {**session["automatic_tax"], "disabled_reason": None},
        "automatically_finalizes_at": None,
        "billing_reason": "manual",
        "collection_method": "charge_automatically",
        "created": now(),
        "currency": session["currency"],
        "custom_fields": None,
        "customer": customer["id"],
        "customer_account": None,
        "customer_address": payer["address"],
        "customer_email": payer["email"],
        "customer_name": payer["business_name"] or payer["name"],
        "customer_phone": None,
        "customer_shipping": None,
        "customer_tax_exempt": payer["tax_exempt"],
        "customer_tax_ids": payer["tax_ids"],
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": data["description"],
        "discounts": discounts,
        "due_date": None,
        "effective_at": now(),
        "ending_balance": 0,
        "footer": data["footer"],
        "from_invoice": None,
        "hosted_invoice_url": page,
        "invoice_pdf": f"{page}/pdf",
        "issuer": {"type": "self"},
        "last_finalization_error": None,
        "latest_revision": None,
        "lines": listing(
            f"/v1/invoices/{invoice_id}/lines", [line(item, invoice_id, discounts) for item in items]
        ),
        "livemode": False,
        "metadata": data["metadata"],
        "next_payment_attempt": None,
        "number": number,
        "on_behalf_of": None,
        "parent": None,
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": now(),
        "period_start": now(),
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": None,
        "rendering": None,
        "shipping_cost": None,
        "shipping_details": None,
        "starting_balance": 0,
        "statement_descriptor": None,
        "status": "paid",
        "status_transitions": {
            "finalized_at": now(),
            "marked_uncollectible_at": None,
            "paid_at": now(),
            "voided_at": None,
        },
        "subtotal": session["amount_subtotal"],
        "subtotal_excluding_tax": session["amount_subtotal"],
        "test_clock": None,
        "total": total,
        "total_discount_amounts": [
            {"amount": sums["amount_discount"], "discount": discount} for discount in discounts
        ],
        "total_excluding_tax": total - sums["amount_tax"],
        "total_pretax_credit_amounts": [],
        "total_taxes": taxes(items),
        "webhooks_delivered_at": now(),
    }


def payment_shape(invoice: Body, intent: Body) -> Body:
    """How an invoice was paid; an invoice names no PaymentIntent itself."""
    return {
        "id": ids.new("inpay"),
        "object": "invoice_payment",
        "amount_paid": invoice["total"],
        "amount_requested": invoice["total"],
        "created": now(),
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
        "status": "paid",
        "status_transitions": {"canceled_at": None, "paid_at": now()},
    }
