"""Each reply names its request; a caller may choose the name where it is harmless."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.website import plain_static_files  # noqa: F401

pytestmark = pytest.mark.django_db
OURS = re.compile(r"req_[0-9a-f]{32}")


@pytest.mark.parametrize("given", ["abcdefgh", "trace-1234.5_6", "a" * 64])
def test_a_well_formed_id_is_kept(client: Client, given: str) -> None:
    reply = client.get("/api/v1/account", HTTP_X_REQUEST_ID=given)
    assert reply["X-Request-Id"] == given
    assert reply.json()["request_id"] == given


@pytest.mark.parametrize(
    "given",
    ["", "short", "a" * 65, "with space 1", "line\nbreak-1", "<script>alert", "umlaut-äöü-12", "a;b;c;d;e"],
)
def test_any_other_is_replaced_by_ours(client: Client, given: str) -> None:
    reply = client.get("/api/v1/account", HTTP_X_REQUEST_ID=given)
    assert OURS.fullmatch(reply["X-Request-Id"])
    assert reply.json()["request_id"] == reply["X-Request-Id"]


def test_ours_do_not_repeat(client: Client) -> None:
    assert len({client.get("/api/v1/account")["X-Request-Id"] for _ in range(20)}) == 20


def test_pages_and_files_carry_one_too(client: Client) -> None:
    for path in ("/api/schema/", "/media/art_unknown"):
        found: Any = client.get(path)
        assert OURS.fullmatch(found["X-Request-Id"])
