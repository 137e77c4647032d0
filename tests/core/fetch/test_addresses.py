"""The deny table, against its own edges and against requests-hardened, whose blocks must all be ours."""

import logging
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from requests_hardened import ip_filter

from core.fetch.addresses import DENIED_V4, DENIED_V6, is_public

NEIGHBOURS = (
    "1.1.1.1 8.8.8.8 11.0.0.0 100.63.255.255 100.128.0.0 168.63.129.15 172.15.255.255 172.32.0.0 192.0.1.0"
)
NEIGHBOURS += " 198.20.0.0 223.255.255.255 2001:200::1 2606:4700::1 2a00:1450::1"


@pytest.mark.parametrize("text", NEIGHBOURS.split())
def test_neighbours_of_the_table_are_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("block", DENIED_V4 + DENIED_V6, ids=str)
def test_each_block_is_denied_to_both_ends(block) -> None:  # type: ignore[no-untyped-def]
    assert not is_public(block[0])
    assert not is_public(block[-1])


def blocked_by_oracle(address: IPv4Address | IPv6Address) -> bool:
    try:
        ip_filter.get_ip_address(str(address), 80, allow_loopback=False)
    except ip_filter.InvalidIPAddress:
        return True
    return False


INTERESTING_V4 = [block[0] for block in DENIED_V4] + [block[-1] for block in DENIED_V4]
near_v4 = st.builds(
    lambda base, step: IPv4Address((int(base) + step) % 2**32),
    st.sampled_from(INTERESTING_V4),
    st.integers(-2, 2),
)
any_v4 = st.one_of(near_v4, st.integers(0, 2**32 - 1).map(IPv4Address))
PREFIXES = [
    "::",
    "::ffff:0:0",
    "64:ff9b::",
    "64:ff9b:1::",
    "2001::",
    "2001:20::",
    "2001:db8::",
    "2002::",
    "3fff::",
]
PREFIXES += ["5f00::", "fc00::", "fe80::", "fec0::", "ff02::", "2606:4700::", "100::", "2620:4f:8000::"]
carried_v4 = st.builds(
    lambda prefix, v4: IPv6Address(int(IPv6Address(prefix)) | int(v4)), st.sampled_from(PREFIXES), any_v4
)
any_v6 = st.one_of(carried_v4, st.integers(0, 2**128 - 1).map(IPv6Address))


@settings(max_examples=2000, deadline=None, derandomize=True)
@given(st.one_of(any_v4, any_v6))
def test_what_the_oracle_blocks_we_block(address: IPv4Address | IPv6Address) -> None:
    logging.getLogger(ip_filter.__name__).setLevel(logging.ERROR)
    if blocked_by_oracle(address):
        assert not is_public(address)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(any_v4)
def test_no_carrier_makes_an_ipv4_address_reachable(v4: IPv4Address) -> None:
    for prefix in ("::", "::ffff:0:0", "64:ff9b::", "64:ff9b:1::"):
        assert not is_public(IPv6Address(int(IPv6Address(prefix)) | int(v4)))
    assert not is_public(IPv6Address((0x2002 << 112) | (int(v4) << 80)))
