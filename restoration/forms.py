"""What the restore page asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from restoration.imaging import MAX_BYTES


class RestoreForm(forms.Form):
    """A photo as a file or as a web address: one of the two."""

    photo = forms.FileField(
        label=_("Choose a photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    url = forms.CharField(
        label=_("Web address of a photo"),
        required=False,
        max_length=2000,
        widget=forms.URLInput(attrs={"placeholder": "https://", "inputmode": "url", "autocomplete": "off"}),
    )

    def clean_photo(self) -> Any:
        photo = self.cleaned_data["photo"]
        # The size is asked before a byte is read into memory.
        if photo is not None and photo.size > MAX_BYTES:
            size = photo.size / 1024**2
            raise forms.ValidationError(
                _(
                    "%(name)s is %(size).1f MB; at most %(limit)d MB are accepted. Nothing was charged. "
                    "Save it smaller and choose it again."
                ),
                params={"name": photo.name, "size": size, "limit": MAX_BYTES // 1024**2},
            )
        return photo

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        if bool(data.get("photo")) == bool(data.get("url")):
            raise forms.ValidationError(
                _("Choose a photo or give its web address, one of the two. Nothing was charged.")
            )
        return data
