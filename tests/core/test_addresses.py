"""Addresses and trusted blocks, held against `ipaddress`."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.access import trusts
from st_tui.core.addresses import (
    ANYWHERE_TEXT,
    AddressError,
    address_text,
    covers_every_address,
    parse_address,
    parse_range,
    parse_ranges,
)

mapped = st.ip_addresses(v=4).map(lambda v4: IPv6Address(f"::ffff:{v4}"))
addresses = st.ip_addresses() | mapped


def counts_as(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """A dual-stack socket reports IPv4 clients as ::ffff:a.b.c.d."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


@given(addresses, addresses, st.integers(0, 128), st.integers(0, 2**20))
def test_a_block_holds_what_ipaddress_says(
    base: IPv4Address | IPv6Address, asked: IPv4Address | IPv6Address, prefix: int, near: int
) -> None:
    base = counts_as(base)
    block = ip_network(f"{base}/{prefix % (base.max_prefixlen + 1)}", strict=False)
    close_by = block.network_address + near % block.num_addresses
    for address in (asked, close_by):
        expected = counts_as(address) in block
        assert trusts((parse_range(str(block)),), parse_address(str(address))) is expected


@given(st.ip_addresses(v=4), st.integers(0, 32), st.ip_addresses(v=4))
def test_a_mapped_block_counts_as_ipv4(base: IPv4Address, prefix: int, asked: IPv4Address) -> None:
    expected = asked in ip_network(f"{base}/{prefix}", strict=False)
    block = parse_range(f"::ffff:{base}/{96 + prefix}")
    assert trusts((block,), parse_address(str(asked))) is expected
    assert trusts((block,), parse_address(f"::ffff:{asked}")) is expected


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("10.0.0.7/8", "10.0.0.0/8"),
        (" 203.0.113.7 ", "203.0.113.7/32"),
        ("2001:DB8::1", "2001:db8::1/128"),
        ("::ffff:10.0.0.7/104", "10.0.0.0/8"),
        ("::ffff:0:0/95", "::fffe:0:0/95"),
    ],
)
def test_a_block_is_kept_as_the_cidr_that_it_means(written: str, kept: str) -> None:
    assert parse_range(written).text == kept
    assert parse_range(kept) == parse_range(written)


@given(st.ip_addresses(), st.ip_addresses())
def test_two_addresses_are_the_same_number_only_if_they_are_the_same(
    one: IPv4Address | IPv6Address, other: IPv4Address | IPv6Address
) -> None:
    same = parse_address(str(one)) == parse_address(str(other))
    assert same is (counts_as(one) == counts_as(other))


@given(addresses)
def test_an_address_is_written_as_ipaddress_writes_it(address: IPv4Address | IPv6Address) -> None:
    assert address_text(parse_address(str(address))) == str(counts_as(address))


@pytest.mark.parametrize(
    ("texts", "everywhere"),
    [
        (ANYWHERE_TEXT, True),
        (("::/0", "0.0.0.0/0"), True),
        (("0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"), True),
        (("0.0.0.0/0",), False),
        (("::/0",), False),
        (("0.0.0.0/1", "128.0.0.0/2", "::/0"), False),
        (("0.0.0.0/0", "::/1"), False),
        ((), False),
    ],
)
def test_from_anywhere_needs_all_of_ipv4_and_ipv6(texts: tuple[str, ...], everywhere: bool) -> None:
    assert covers_every_address(parse_ranges(texts)) is everywhere
    assert trusts(parse_ranges(texts), None) is everywhere


@pytest.mark.parametrize(
    "missing", ["0.0.0.0/32", "10.1.2.3", "255.255.255.255", "::", "2001:db8::7"]
)
def test_one_address_left_out_is_not_everywhere(missing: str) -> None:
    hole = ip_network(missing)
    texts: list[str] = []
    for whole in map(ip_network, ANYWHERE_TEXT):
        same = whole.version == hole.version
        texts += map(str, whole.address_exclude(hole) if same else [whole])  # type: ignore[arg-type]
    assert not covers_every_address(parse_ranges(texts))
    assert covers_every_address(parse_ranges([*texts, missing]))


@pytest.mark.parametrize(
    "text",
    ["", "10.0.0", "10.0.0.0/33", "2001:db8::/129", "1.2.3.4/-1", "localhost", "10.0.0.0/8/8",
     "10.0.0.0/255.0.0.0", "0.0.0.0/0.0.0.0", "fe80::1%eth0", "fe80::1%\x1b[31m/64", "::%a b"],
)  # fmt: skip
def test_what_is_no_block_is_refused(text: str) -> None:
    with pytest.raises(AddressError) as refused:
        parse_range(text)
    assert "\x1b" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "10.0.0.0/8", "10.0.0.256", "::g", "somewhere"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AddressError, match="no IP address"):
        parse_address(text)


def test_an_address_is_trimmed() -> None:
    assert parse_address(" 10.0.0.7\n") == int(ip_address("10.0.0.7"))
