"""What the page of automatic top-ups asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.balance_notices import MOST
from billing.catalog import Offer
from billing.saved_cards import SavedCard
from billing.top_up_rules import MOST_A_MONTH


class TopUpForm(forms.Form):
    """When to top up, with what, how often at most and from which card."""

    threshold = forms.IntegerField(
        label=_("When fewer credits are available than"),
        min_value=1,
        help_text=_("At most as many as the pack below brings."),
    )
    pack = forms.ChoiceField(label=_("Buy"))
    monthly_limit = forms.IntegerField(
        label=_("At most so many times a month"),
        min_value=1,
        max_value=MOST_A_MONTH,
        help_text=_("Calendar months, UTC. Then nothing more is bought until the next month."),
    )
    card = forms.ChoiceField(label=_("Charge"))

    def __init__(self, offers: list[Offer], cards: list[SavedCard], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pack"].choices = [  # type: ignore[attr-defined]
            (
                offer.pack.key,
                _("%(pack)s for %(price)s") % {"pack": offer.pack.name, "price": offer.price_text},
            )
            for offer in offers
        ]
        self.fields["card"].choices = [  # type: ignore[attr-defined]
            (card.id, _("%(card)s, valid until %(expires)s") % {"card": card.name, "expires": card.expires})
            for card in cards
        ]


class NoticeForm(forms.Form):
    """When to mail about a low balance."""

    notify_below = forms.IntegerField(
        label=_("Mail me when fewer credits are available than"),
        min_value=1,
        max_value=MOST,
        required=False,
        help_text=_("Leave empty for no mail."),
    )
