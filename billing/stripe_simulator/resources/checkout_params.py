"""The parameters of a new Checkout Session."""

from typing import Any

from rest_framework import serializers

from billing.stripe_simulator.params import DatedListParams, Fields, MetadataField, Params
from billing.stripe_simulator.resources.line_items import LineItemParams


def address_of_page() -> dict[str, Any]:
    return {"regex": r"^https?://[^\s/]+\S*$", "error_messages": {"invalid": "Not a valid URL"}}


class PaymentIntentData(Fields):
    description = serializers.CharField(required=False, max_length=1000)
    metadata = MetadataField(required=False)
    receipt_email = serializers.EmailField(required=False)
    setup_future_usage = serializers.ChoiceField(["off_session", "on_session"], required=False)
    statement_descriptor_suffix = serializers.CharField(required=False, max_length=22)


class SavedMethodOptions(Fields):
    allow_redisplay_filters = serializers.ListField(
        child=serializers.ChoiceField(["always", "limited", "unspecified"]), required=False
    )
    payment_method_save = serializers.ChoiceField(["disabled", "enabled"], required=False)


class InvoiceData(Fields):
    description = serializers.CharField(required=False, max_length=1500)
    footer = serializers.CharField(required=False, max_length=5000)
    metadata = MetadataField(required=False)


class InvoiceCreation(Fields):
    enabled = serializers.BooleanField()
    invoice_data = InvoiceData(required=False)


class AutomaticTax(Fields):
    enabled = serializers.BooleanField()


class TaxIdCollection(Fields):
    enabled = serializers.BooleanField()
    required = serializers.ChoiceField(  # type: ignore[assignment]  # a parameter, not DRF's
        ["if_supported", "never"], default="never"
    )


class CustomerUpdate(Fields):
    address = serializers.ChoiceField(["auto", "never"], default="never")
    name = serializers.ChoiceField(["auto", "never"], default="never")


class DiscountParams(Fields):
    coupon = serializers.CharField(required=False)
    promotion_code = serializers.CharField(required=False)

    def validate(self, attrs: Any) -> Any:
        if len(attrs) != 1:
            raise serializers.ValidationError("Pass either `coupon` or `promotion_code`.")
        return attrs


class SessionCreateParams(Params):
    mode = serializers.ChoiceField(["payment"])
    line_items = LineItemParams(many=True, allow_empty=False)
    success_url = serializers.RegexField(**address_of_page())
    cancel_url = serializers.RegexField(required=False, **address_of_page())
    ui_mode = serializers.ChoiceField(["hosted_page"], default="hosted_page")
    allow_promotion_codes = serializers.BooleanField(required=False)
    allowed_payment_method_types = serializers.ListField(
        child=serializers.CharField(), required=False, allow_empty=False
    )
    automatic_tax = AutomaticTax(required=False)
    billing_address_collection = serializers.ChoiceField(["auto", "required"], required=False)
    client_reference_id = serializers.CharField(required=False, max_length=200)
    customer = serializers.CharField(required=False)
    customer_creation = serializers.ChoiceField(["always", "if_required"], required=False)
    customer_email = serializers.EmailField(required=False)
    customer_update = CustomerUpdate(required=False)
    discounts = serializers.ListField(child=DiscountParams(), required=False, max_length=1)
    expires_at = serializers.IntegerField(required=False)
    invoice_creation = InvoiceCreation(required=False)
    locale = serializers.CharField(required=False, max_length=10)
    metadata = MetadataField(required=False)
    payment_intent_data = PaymentIntentData(required=False)
    saved_payment_method_options = SavedMethodOptions(required=False)
    submit_type = serializers.ChoiceField(["auto", "pay"], required=False)
    tax_id_collection = TaxIdCollection(required=False)


class SessionListParams(DatedListParams):
    customer = serializers.CharField(required=False)
    payment_intent = serializers.CharField(required=False)
    status = serializers.ChoiceField(["open", "complete", "expired"], required=False)
