"""The shape of a key and its checksum, against answers computed by another implementation."""

import binascii
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import api_keys

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
BODIES = st.text(alphabet=ALPHABET, min_size=32, max_size=32)
# CRC32 bit by bit from its polynomial (no zlib), then base 62 by repeated division, written down once.
KNOWN = {
    "hl_live_" + "0" * 32: "0YwOgJ",
    "hl_test_" + "z" * 32: "4YXL4C",
    "hl_live_0123456789ABCDEFGHIJKLMNOPQRSTUV": "48dOou",
}


def crc32_by_hand(text: str) -> int:
    """CRC-32/ISO-HDLC, one bit at a time."""
    value = 0xFFFFFFFF
    for byte in text.encode("ascii"):
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def decode(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value * 62 + ALPHABET.index(digit)
    return value


@pytest.mark.parametrize("mode", ["live", "test"])
def test_a_new_key_has_prefix_body_and_checksum(mode: str) -> None:
    key = api_keys.generate(mode)
    assert re.fullmatch(rf"hl_{mode}_[0-9A-Za-z]{{38}}", key)
    assert api_keys.is_well_formed(key)


def test_keys_do_not_repeat() -> None:
    assert len({api_keys.generate("live") for _ in range(200)}) == 200


@pytest.mark.parametrize(("body", "expected"), KNOWN.items())
def test_known_answers(body: str, expected: str) -> None:
    assert api_keys.checksum(body) == expected


def test_the_reference_is_crc32() -> None:
    assert crc32_by_hand("123456789") == 0xCBF43926  # the check value of the CRC catalogue
    assert crc32_by_hand("123456789") == binascii.crc32(b"123456789")


@given(BODIES)
def test_the_checksum_is_the_crc_in_base_62(body: str) -> None:
    found = api_keys.checksum("hl_live_" + body)
    assert len(found) == 6
    assert decode(found) == crc32_by_hand("hl_live_" + body)


def test_a_small_crc_is_padded_on_the_left_with_zeros() -> None:
    # Searched once: the CRC of this text is below 62**4.
    assert api_keys.checksum("hl_live_00000000000000000000000000000014") == "00mZdv"


@given(BODIES, st.data())
def test_any_one_changed_character_is_caught(body: str, data: st.DataObject) -> None:
    key = "hl_live_" + body
    key += api_keys.checksum(key)
    place = data.draw(st.integers(0, len(key) - 1))
    other = data.draw(st.sampled_from([char for char in ALPHABET if char != key[place]]))
    assert not api_keys.is_well_formed(key[:place] + other + key[place + 1 :])


@given(BODIES, st.integers(8, 44))
def test_two_swapped_neighbours_are_caught(body: str, place: int) -> None:
    key = "hl_live_" + body
    key += api_keys.checksum(key)
    swapped = key[:place] + key[place + 1] + key[place] + key[place + 2 :]
    assert swapped == key or not api_keys.is_well_formed(swapped)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "hl_live_",
        "hl_prod_" + "0" * 38,
        " hl_live_000000000000000000000000000000000YwOgJ",
        "hl_live_000000000000000000000000000000000YwOgJ\n",
        "hl_live_000000000000000000000000000000000YwOgJ0",
        "hl_live_000000000000000000000000000000000YwOg",
        "HL_LIVE_000000000000000000000000000000000YwOgJ",
        "hl_live_" + "é" * 38,
        "hl_live_" + "٠" * 38,
    ],
)
def test_other_texts_are_no_keys(wrong: str) -> None:
    assert not api_keys.is_well_formed(wrong)
