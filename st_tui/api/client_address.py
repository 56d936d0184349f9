"""Under which address a client's connections and bodies are counted."""

from __future__ import annotations

from collections.abc import Collection

from st_tui.core.access import trusts
from st_tui.core.addresses import customer
from st_tui.core.model import IpRange


def counted_for(ip: int, proxies: Collection[IpRange]) -> str | None:
    """One IPv4 address or IPv6 /64; None for a trusted proxy, which sends for many clients."""
    return None if proxies and trusts(tuple(proxies), ip) else customer(ip)
