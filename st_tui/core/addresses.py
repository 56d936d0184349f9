"""Client addresses as integers and trusted IPs as intervals, parsed by `ipaddress`.

All addresses are on one line, IPv4 before IPv6 (see `core.model`): 10.0.0.0/8 is the interval from
167772160 to 184549375. `ipaddress` is imported where it is used: most decisions have neither an
address nor trusted IPs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from st_tui.core.errors import Refusal
from st_tui.core.model import IpRange

IPV6 = 2**32
"""Where IPv6 begins on the line of addresses."""
END = IPV6 + 2**128
"""One more than the last address."""

_BLOCK = re.compile(r"[0-9A-Fa-f:.]+(/[0-9]{1,3})?", re.ASCII)

ANYWHERE_TEXT = ("0.0.0.0/0", "::/0")
"""What a Service Token V3 trusts by default."""


class AddressError(Refusal):
    """An address or CIDR block that cannot be read; the text says what to write instead."""


@lru_cache(maxsize=1024)
def parse_address(text: str) -> int:
    """One address as its integer on the line of addresses.

    An IPv4-mapped IPv6 address counts as IPv4, as a dual-stack socket reports it.
    Raises AddressError.
    """
    from ipaddress import IPv6Address, ip_address

    try:
        address = ip_address(text.strip())
    except ValueError:
        raise AddressError(
            f"{text[:60]!r} is no IP address: write one like 10.0.0.7 or 2001:db8::7."
        ) from None
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return IPV6 + int(address) if mapped is None else int(mapped)
    return int(address)


@lru_cache(maxsize=1024)
def parse_range(text: str) -> IpRange:
    """An address or CIDR block as an interval; host bits are allowed (10.0.0.7/8 is 10.0.0.0/8).

    IPv4-mapped IPv6 counts as IPv4. Raises AddressError.
    """
    from ipaddress import IPv4Network, IPv6Network, ip_network

    written = text.strip()
    try:
        # `ipaddress` would also take netmasks (0.0.0.0/0.0.0.0 is the whole world) and zones (which
        # may hold any character).
        if _BLOCK.fullmatch(written) is None:
            raise ValueError
        network = ip_network(written, strict=False)
    except ValueError:
        raise AddressError(
            f"{text[:60]!r} is no IP address or CIDR block: "
            "write one like 10.0.0.0/8, 203.0.113.7 or 2001:db8::/32."
        ) from None
    base = 0
    if isinstance(network, IPv6Network):
        mapped = network.network_address.ipv4_mapped
        if mapped is None:
            base = IPV6
        else:
            # The prefix has at least 96 bits: a larger block does not begin with a mapped address.
            network = IPv4Network((int(mapped), network.prefixlen - 96))
    first, last = int(network.network_address), int(network.broadcast_address)
    return IpRange(str(network), base + first, base + last)


def parse_ranges(texts: Iterable[str]) -> tuple[IpRange, ...]:
    """Several blocks, in order. Raises AddressError for the first that cannot be read."""
    return tuple(parse_range(text) for text in texts)


def customer(ip: int) -> str:
    """The network that a provider usually gives to one customer, as text.

    It is an IPv4 address itself, or the /64 of an IPv6 address.
    """
    from ipaddress import IPv4Address, IPv6Network

    if ip < IPV6:
        return str(IPv4Address(ip))
    return str(IPv6Network(((ip - IPV6) >> 64 << 64, 64)))


def covers_every_address(ranges: Iterable[IpRange]) -> bool:
    """Whether the blocks together cover all of IPv4 and all of IPv6."""
    return _covers(ranges, 0, END)


def covers_a_family(ranges: Collection[IpRange]) -> bool:
    """Whether the blocks together cover all of IPv4 or all of IPv6."""
    return _covers(ranges, 0, IPV6) or _covers(ranges, IPV6, END)


def covers(ranges: Iterable[IpRange], block: IpRange) -> bool:
    """Whether the blocks together cover this one."""
    return _covers(ranges, block.first, block.last + 1)


def _covers(ranges: Iterable[IpRange], start: int, end: int) -> bool:
    reached = start
    for _, first, last in sorted(ranges, key=lambda block: block.first):
        if first > reached:
            break
        reached = max(reached, last + 1)
    return reached >= end


def address_text(ip: int) -> str:
    """An address as text, such as 10.0.0.7 or 2001:db8::7."""
    from ipaddress import IPv4Address, IPv6Address

    return str(IPv4Address(ip) if ip < IPV6 else IPv6Address(ip - IPV6))


def interval_texts(first: int, last: int) -> list[str]:
    """An interval of addresses as CIDR blocks; an empty list for all addresses."""
    from ipaddress import IPv4Address, IPv6Address, summarize_address_range

    if (first, last) == (0, END - 1):
        return []
    texts: list[str] = []
    if first < IPV6:
        four = IPv4Address(first), IPv4Address(min(last, IPV6 - 1))
        texts += map(str, summarize_address_range(*four))
    if last >= IPV6:
        six = IPv6Address(max(first - IPV6, 0)), IPv6Address(last - IPV6)
        texts += map(str, summarize_address_range(*six))
    return texts
