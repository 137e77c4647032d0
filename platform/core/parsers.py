"""Reading JSON bodies strictly: a size limit, UTF-8, one value, no NaN."""

import json
from typing import IO, Any

from rest_framework import parsers

from core.errors import AppError

MAX_JSON_BYTES = 64 * 1024


class JSONParser(parsers.BaseParser):
    """`application/json` up to 64 KiB."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(MAX_JSON_BYTES + 1)
        if len(raw) > MAX_JSON_BYTES:
            raise AppError("body_too_large", 413, "The JSON body must not be larger than 64 KiB.")
        try:
            return json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise AppError(
                "invalid_json", 400, "The body must be one valid JSON object, encoded as UTF-8."
            ) from None


def _refuse(constant: str) -> None:
    raise ValueError(constant)
