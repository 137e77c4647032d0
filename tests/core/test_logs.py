"""Logs are structured, and what opens something never reaches them."""

import json
import logging
import sys

import pytest
import structlog

from accounts import api_keys
from core.logs import formatter

BODY = "hl_live_0123456789ABCDEFGHIJKLMNOPQRSTUV"
KEY = BODY + api_keys.checksum(BODY)


def formatted(style: str, message: str, *, exc_info: bool = False) -> str:
    record = logging.LogRecord(
        "a.library", logging.ERROR, __file__, 1, message, None, sys.exc_info() if exc_info else None
    )
    return formatter(style=style).format(record)


def test_a_librarys_line_is_json_with_level_time_and_request() -> None:
    structlog.contextvars.bind_contextvars(request_id="req_1")
    try:
        line = json.loads(formatted("json", "it happened"))
    finally:
        structlog.contextvars.clear_contextvars()
    assert line["event"] == "it happened"
    assert (line["level"], line["logger"], line["request_id"]) == ("error", "a.library", "req_1")
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("style", ["json", "console"])
@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"Authorization: Bearer {KEY}", KEY[8:]),
        (f"two: {KEY} and {KEY}", KEY[8:]),
        ("GET /media/art_1?e=1790000000&s=c2lnbmF0dXJl HTTP/1.1", "c2lnbmF0dXJl"),
        ("GET /accounts/password/reset/key/3-abc123-0123456789abcdef/ 200", "abc123-0123456789abcdef"),
        ("POST /accounts/confirm-email/MTA:1uXyZ:sig-nature/ 302", "MTA:1uXyZ:sig-nature"),
    ],
)
def test_what_opens_something_is_taken_out(style: str, text: str, secret: str) -> None:
    line = formatted(style, text)
    assert secret not in line
    assert "[redacted]" in line


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_traceback_shows_no_local_variables(style: str) -> None:
    photo = "-".join(["pixels", "of", "a", "photo"])
    try:
        raise ValueError(f"{len(photo)} bytes cannot be read, key {KEY}")
    except ValueError:
        line = formatted(style, "failed", exc_info=True)
    assert "17 bytes cannot be read" in line
    assert "pixels-of-a-photo" not in line
    assert KEY not in line


@pytest.mark.parametrize("style", ["json", "console"])
def test_what_is_harmless_stays(style: str) -> None:
    text = "restored rst_0123456789 at /media/art_1?size=3&status=ok in 4.2 s, key hl_live_*abcd"
    assert text in formatted(style, text)
