"""What each error of the compatibility endpoint means, and what to do about it."""

from django.utils.translation import gettext_lazy as _

MEANINGS = {
    400: _("The body, the address or the photo cannot be used; “detail” says what is allowed."),
    401: _("The key is missing, wrong, revoked or expired."),
    402: _("The account has no credit left, or the key has spent what it may this month; “code” says which."),
    429: _("More requests than the window allows."),
    500: _("It failed on our side, took too long, or too much is waiting. The credit is given back."),
}
ADVICE = {
    400: [
        _("Send JSON with Content-Type: application/json and imageUrl as a string."),
        _(
            "Open the address in a private browser window: it must show the photo itself, without a login or a page."
        ),
        _("Check that the file is a JPG, PNG or WebP of at most 5 MB, not animated, and opens elsewhere."),
        _("With the codes invalid_options and invalid_mask, “detail” names what is allowed."),
        _("Addresses of private networks, unusual ports and user names in the address are refused."),
    ],
    401: [
        _("Send “Authorization: Bearer ” and the whole key, without quotation marks or a line break."),
        _("Look under API keys whether the key was revoked or has expired; if it is lost, make another."),
    ],
    402: [
        _("Buy credits under Credits. Credits held for photos in progress come back if those fail."),
        _("With the code key_cap_reached, raise the key's cap under API keys or wait until “resets_at”."),
    ],
    429: [
        _("Wait for the seconds in Retry-After. Trying sooner only counts against the same window."),
        _("Spread your calls; X-RateLimit-Remaining says how many are left."),
    ],
    500: [
        _("Try again after Retry-After, or after a few seconds where there is none."),
        _("If the answer has a status_url, it shows how the restoration ended."),
        _("If it comes back, write to support with the request id."),
    ],
}
