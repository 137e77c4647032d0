"""Reading JSON strictly."""

import io
from typing import Any

import pytest

from core.errors import AppError
from core.parsers import MAX_JSON_BYTES, JSONParser


def parse(raw: bytes) -> Any:
    return JSONParser().parse(io.BytesIO(raw), "application/json", {})


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"imageUrl": "https://a.example/b.jpg"}', {"imageUrl": "https://a.example/b.jpg"}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"ä": "ö"}'.encode(), {"ä": "ö"}),
        (b" \n[1, 2.5, null, true]\t", [1, 2.5, None, True]),
        (b'"text"', "text"),
    ],
)
def test_valid_json_is_read(raw: bytes, value: Any) -> None:
    assert parse(raw) == value


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"   ",
        b"{",
        b'{"a": 1} {"b": 2}',
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": "\xff\xfe"}',
        '{"a": "ü"}'.encode("latin-1"),
        '{"a": 1}'.encode("utf-16"),
        b"\x1f\x8b\x08\x00",
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" * 30_000 + b"]" * 30_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"imageUrl=https%3A%2F%2Fa.example",
    ],
)
def test_anything_else_is_refused_as_invalid(raw: bytes) -> None:
    with pytest.raises(AppError) as refused:
        parse(raw)
    assert (refused.value.status, refused.value.code) == (400, "invalid_json")


def test_the_limit_is_64_kib_exactly() -> None:
    whole = b'"' + b"x" * (MAX_JSON_BYTES - 2) + b'"'
    assert len(whole) == 65_536
    assert len(parse(whole)) == 65_534
    with pytest.raises(AppError) as refused:
        parse(whole + b" ")
    assert (refused.value.status, refused.value.code) == (413, "body_too_large")


def test_a_body_without_end_is_read_no_further_than_the_limit() -> None:
    stream = io.BytesIO(b" " * 10_000_000)
    with pytest.raises(AppError):
        JSONParser().parse(stream)
    assert stream.tell() <= MAX_JSON_BYTES + 1


class Roomy(JSONParser):
    roomy = {"mask": 1000}


def test_a_member_with_room_of_its_own_is_not_counted() -> None:
    rest = MAX_JSON_BYTES - len(b'{"mask": "", "x": ""}')

    def body(mask: int, other: int) -> io.BytesIO:
        return io.BytesIO(b'{"mask": "' + b"m" * mask + b'", "x": "' + b"x" * other + b'"}')

    assert len(Roomy().parse(body(1000, rest))["mask"]) == 1000
    for mask, other in ((1000, rest + 1), (0, rest + 1), (1001, rest)):
        with pytest.raises(AppError, match='64 KiB, "mask" not counted') as refused:
            Roomy().parse(body(mask, other))
        assert refused.value.code == "body_too_large"
    with pytest.raises(AppError):
        Roomy().parse(io.BytesIO(b'["' + b"m" * MAX_JSON_BYTES + b'"]'))
