"""What the key page asks for."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.key_caps import MOST


class KeyForm(forms.Form):
    """A new API key. `expires_on` is the last day (UTC) on which it works."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Where it will be used, for example “web shop”.")
    )
    expires_on = forms.DateField(
        label=_("Last day (optional)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The key works to the end of this day, UTC. Leave empty for a key without an end."),
    )

    monthly_cap = forms.IntegerField(
        label=_("Credits a month (optional)"),
        min_value=0,
        max_value=MOST,
        required=False,
        help_text=_("The most that the key may spend in a calendar month, UTC. Leave empty for no cap."),
    )

    def clean_expires_on(self) -> datetime | None:
        day: date | None = self.cleaned_data["expires_on"]
        if day is None:
            return None
        end = datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone()) + timedelta(days=1)
        if end <= timezone.now():
            raise forms.ValidationError(_("This day is over. Choose today or a later day."))
        return end


class CapForm(forms.Form):
    """What a key may spend in a month."""

    monthly_cap = forms.IntegerField(
        label=_("Credits a month"),
        min_value=0,
        max_value=MOST,
        required=False,
        help_text=_("Calendar months, UTC. At 0 it restores nothing. Leave empty for no cap."),
    )
