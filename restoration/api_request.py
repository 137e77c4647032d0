"""What a caller may send: the body of a request, read strictly, and as the API reference describes it."""

import base64
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from core.errors import AppError
from core.parsers import JSONParser
from restoration.imaging import MAX_MASK_BYTES
from restoration.inference.options import CHOICES, PLUGINS, SENTENCES, Options

# Base64 takes four characters for three bytes. The rest is for line ends, and for masks that are a little too
# large: they deserve the answer that says so.
MAX_MASK_TEXT = 2 * MAX_MASK_BYTES
MASK_SENTENCE = (
    "Own damage mask: a PNG, JPG or WebP as base64 or data URI, white where the photo is damaged and black "
    f"elsewhere, with the photo's proportions, at most {MAX_MASK_BYTES // 1024**2} MiB decoded. It takes the place "
    "of the engine's own finding."
)


class BodyParser(JSONParser):
    """A JSON body of up to 64 KiB and a mask."""

    roomy = {"mask": MAX_MASK_TEXT}


class RestoreOptions(serializers.Serializer[Any]):
    """How to restore; each may be left out."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """One for each option of the engine, which alone decides what is allowed."""
        default = Options()
        fields: dict[str, serializers.Field[Any, Any, Any, Any]] = {
            name: serializers.ChoiceField(choices, default=getattr(default, name), help_text=SENTENCES[name])
            for name, choices in CHOICES.items()
        }
        fields["plugins"] = serializers.ListField(
            child=serializers.ChoiceField(PLUGINS), default=[], help_text=SENTENCES["plugins"]
        )
        return fields


class RestoreRequest(serializers.Serializer[Any]):
    """Body of the request; unknown members are ignored."""

    imageUrl = serializers.URLField(help_text="http(s) address of a JPG, PNG or WebP of at most 5 MB.")
    output = serializers.ChoiceField(["url", "base64"], required=False, help_text="What `output` is to hold.")
    options = RestoreOptions(required=False)
    mask = serializers.CharField(required=False, help_text=MASK_SENTENCE)


@dataclass(frozen=True)
class Wanted:
    """A request that was read. output: url | base64. options: not checked yet. mask: the bytes of its file."""

    url: str
    output: str
    options: dict[str, Any] | None
    mask: bytes | None


def read(request: Request) -> Wanted:
    """What a request asks for; AppError says what is allowed."""
    data = request.data
    if not isinstance(data, dict):
        raise AppError("invalid_json", 400, 'The body must be a JSON object: {"imageUrl": "https://…"}.')
    url = data.get("imageUrl")
    if not isinstance(url, str) or not url:
        raise AppError("invalid_url", 400, "imageUrl must be a string with the http(s) address of a photo.")
    output = request.query_params.get("output", data.get("output", "url"))
    if output not in ("url", "base64"):
        raise AppError("invalid_output", 400, 'output must be "url" or "base64".')
    options = data.get("options")
    if options is not None and not isinstance(options, dict):
        raise AppError("invalid_options", 400, 'options must be a JSON object such as {"mode": "gentle"}.')
    return Wanted(url, str(output), options, _mask(data.get("mask")))


def _mask(text: object) -> bytes | None:
    """The decoded mask; null is as good as none."""
    if text is None:
        return None
    refused = AppError("invalid_mask", 400, "mask must be a PNG, JPG or WebP file as base64 or data URI.")
    if not isinstance(text, str):
        raise refused
    encoded = text.partition(";base64,")[2] if text.startswith("data:") else text
    try:
        # Line ends every 76 characters are how many programs write base64.
        return base64.b64decode("".join(encoded.split()), validate=True)
    except ValueError:
        raise refused from None
