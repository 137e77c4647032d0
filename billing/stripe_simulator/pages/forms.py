"""What a customer types at the checkout: who they are, and the card or account that pays."""

import re
from datetime import UTC, datetime
from typing import Any

from django import forms

from billing.stripe_simulator.bank_accounts import ACCOUNTS, Account
from billing.stripe_simulator.cards import Card, passes_luhn
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.payer import ADDRESS, Payer, address
from billing.stripe_simulator.store import Body

COUNTRIES = {
    "AT": "Austria",
    "AU": "Australia",
    "BE": "Belgium",
    "CA": "Canada",
    "CH": "Switzerland",
    "DE": "Germany",
    "ES": "Spain",
    "FR": "France",
    "GB": "United Kingdom",
    "IE": "Ireland",
    "IT": "Italy",
    "JP": "Japan",
    "NL": "Netherlands",
    "PT": "Portugal",
    "US": "United States",
}
TAX_ID_TYPES = {"AU": "au_abn", "CA": "ca_bn", "CH": "ch_vat", "GB": "gb_vat", "JP": "jp_cn", "US": "us_ein"}


def text(label: str, autocomplete: str, *, required: bool = True, **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, **attributes})
    return forms.CharField(label=label, widget=widget, max_length=80, required=required)


class PayerForm(forms.Form):
    """Who pays, with as much of an address as the session asks for."""

    email = forms.EmailField(label="Email", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    name = text("Name", "name")
    country = forms.ChoiceField(label="Country", choices=[("", "Choose"), *COUNTRIES.items()])
    line1 = text("Address", "address-line1")
    postal_code = text("Postal code", "postal-code")
    city = text("City", "address-level2")
    business_name = text("Business name (optional)", "organization", required=False)
    tax_id = text("Tax ID (optional)", "off", required=False)

    def __init__(self, session: Body, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.label_suffix = ""
        full = session["billing_address_collection"] == "required"
        wanted = {
            "country": full or session["automatic_tax"]["enabled"],
            **dict.fromkeys(("line1", "postal_code", "city"), full),
            **dict.fromkeys(("business_name", "tax_id"), session["tax_id_collection"]["enabled"]),
        }
        for name, shown in wanted.items():
            if not shown:
                del self.fields[name]

    @property
    def payer(self) -> Payer:
        given = self.cleaned_data
        country = given.get("country", "")
        number = given.get("tax_id")
        return Payer(
            given["email"],
            given["name"],
            address(**{part: given[part] for part in ADDRESS if part in given}),
            given.get("business_name"),
            {"type": TAX_ID_TYPES.get(country, "eu_vat"), "value": number} if number else None,
        )


class CardForm(PayerForm):
    """Pay with a card."""

    field_order = (
        "email",
        "number",
        "expiry",
        "cvc",
        "name",
        "country",
        "line1",
        "postal_code",
        "city",
        "business_name",
        "tax_id",
        "save",
    )

    number = text("Card number", "cc-number", inputmode="numeric", placeholder="4242 4242 4242 4242")
    expiry = text("Expiry", "cc-exp", inputmode="numeric", placeholder="MM / YY")
    cvc = text("CVC", "cc-csc", inputmode="numeric", placeholder="123")
    name = text("Cardholder name", "cc-name")
    save = forms.BooleanField(label="Save this card for my next purchases", required=False)

    def __init__(self, session: Body, *args: Any, **options: Any) -> None:
        super().__init__(session, *args, **options)
        choice = session["saved_payment_method_options"] or {}
        if choice.get("payment_method_save") != "enabled":
            del self.fields["save"]

    def clean_number(self) -> str:
        number = re.sub(r"[\s-]", "", self.cleaned_data["number"])
        if not re.fullmatch(r"[0-9]{12,19}", number) or not passes_luhn(number):
            raise forms.ValidationError("Your card number is invalid.")
        return number

    def clean_expiry(self) -> tuple[int, int]:
        match = re.fullmatch(r"\s*(0?[1-9]|1[0-2])\s*/?\s*(?:20)?([0-9]{2})\s*", self.cleaned_data["expiry"])
        if not match:
            raise forms.ValidationError("Your card's expiration date is incomplete.")
        month, year = int(match[1]), 2000 + int(match[2])
        today = datetime.fromtimestamp(now(), UTC)
        if (year, month) < (today.year, today.month):
            raise forms.ValidationError("Your card's expiration date is in the past.")
        return month, year

    def clean_cvc(self) -> str:
        if not re.fullmatch(r"[0-9]{3,4}", self.cleaned_data["cvc"]):
            raise forms.ValidationError("Your card's security code is incomplete.")
        return str(self.cleaned_data["cvc"])

    @property
    def card(self) -> Card:
        month, year = self.cleaned_data["expiry"]
        return Card(self.cleaned_data["number"], month, year)


class DebitForm(PayerForm):
    """Pay from a bank account."""

    account = text("Account number or IBAN", "off")

    def __init__(self, session: Body, kind: str, *args: Any, **options: Any) -> None:
        super().__init__(session, *args, **options)
        self.kind = kind

    def clean_account(self) -> str:
        number = re.sub(r"\s", "", self.cleaned_data["account"]).upper()
        if number not in ACCOUNTS[self.kind]:
            raise forms.ValidationError("This is a simulator: use one of the test accounts.")
        return number

    @property
    def bank_account(self) -> Account:
        return Account(self.kind, self.cleaned_data["account"])
