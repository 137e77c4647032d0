"""Reading JSON bodies strictly: a size limit, UTF-8, one value, no NaN."""

import json
from collections.abc import Mapping
from typing import IO, Any, ClassVar

from rest_framework import parsers

from core.errors import AppError

MAX_JSON_BYTES = 64 * 1024


class JSONParser(parsers.BaseParser):
    """`application/json` up to 64 KiB. `roomy`: members whose text is not counted, each with its most characters."""

    media_type = "application/json"
    roomy: ClassVar[Mapping[str, int]] = {}

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        most = MAX_JSON_BYTES + sum(self.roomy.values())
        raw = stream.read(most + 1)
        if len(raw) > most:
            raise self._too_large()
        try:
            data = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise AppError(
                "invalid_json", 400, "The body must be one valid JSON object, encoded as UTF-8."
            ) from None
        members = data if isinstance(data, dict) else {}
        texts = [text for name in self.roomy if isinstance(text := members.get(name), str)]
        if len(raw) - sum(map(len, texts)) > MAX_JSON_BYTES:
            raise self._too_large()
        return data

    def _too_large(self) -> AppError:
        aside = "".join(
            f', "{name}" not counted, which may be {most // 1024} KiB long'
            for name, most in self.roomy.items()
        )
        return AppError("body_too_large", 413, f"The JSON body must not be larger than 64 KiB{aside}.")


def _refuse(constant: str) -> None:
    raise ValueError(constant)
