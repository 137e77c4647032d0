"""What the restore page asks for."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from restoration import wording
from restoration.imaging import MAX_BYTES, MAX_MASK_BYTES
from restoration.inference.options import Options

PICTURES = "image/jpeg,image/png,image/webp"
DEFAULTS = Options()


class RestoreForm(forms.Form):
    """A photo as a file or as a web address, one of the two, and how it is to be restored."""

    photo = forms.FileField(
        label=_("Choose a photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": PICTURES}),
    )
    url = forms.CharField(
        label=_("Web address of a photo"),
        required=False,
        max_length=2000,
        widget=forms.URLInput(attrs={"placeholder": "https://", "inputmode": "url", "autocomplete": "off"}),
    )

    mask = forms.FileField(
        label=_("Damage mask"),
        help_text=_(
            "A picture of your own with the photo's proportions, white where the photo is damaged and black "
            "elsewhere. It takes the place of our search for damage. At most 1 MB."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": PICTURES}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in wording.LABELS.items():
            default = getattr(DEFAULTS, name)
            kind: Callable[[Any], Any] = type(default)
            self.fields[name] = forms.TypedChoiceField(
                label=label,
                choices=wording.choices(name),
                coerce=kind,
                initial=default,
                # A form without the settings, from a page that has been open since before, is right too.
                required=False,
                empty_value=default,
            )

    @property
    def settings(self) -> list[forms.BoundField]:
        """The fields of the options, in their order."""
        return [self[name] for name in wording.LABELS]

    @property
    def is_plain(self) -> bool:
        """Whether every setting is what it is when nobody touches it, and none is refused."""
        if any(self[name].errors for name in ("mask", *wording.LABELS)):
            return False
        return all(
            str(self[name].value() or self[name].initial) == str(self[name].initial)
            for name in wording.LABELS
        )

    def options(self) -> dict[str, Any]:
        """The chosen options of a valid form."""
        return {name: self.cleaned_data[name] for name in wording.LABELS}

    def clean_mask(self) -> Any:
        mask = self.cleaned_data["mask"]
        if mask is not None and mask.size > MAX_MASK_BYTES:
            raise forms.ValidationError(
                _("The damage mask may have at most 1 MB. Nothing was charged. Save it smaller, as PNG.")
            )
        return mask

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
