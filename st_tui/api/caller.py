"""Who asks: the token as it was sent, the address, and the address that room is counted for."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from starlette.requests import Request as HttpRequest

from st_tui.api import bearer
from st_tui.core import access, token_text
from st_tui.core.addresses import IPV6, AddressError, customer, parse_address
from st_tui.core.errors import Refusal
from st_tui.core.model import IpRange, TokenText
from st_tui.core.plain_text import shown
from st_tui.core.vault.holders.request import Caller

_LONGEST_USER_AGENT = 256


def caller_of(http: HttpRequest, headers: list[tuple[bytes, bytes]]) -> tuple[Caller, str]:
    """Who asks, and what is wrong with how the token was sent, if anything is."""
    given = [value.decode("latin-1") for name, value in headers if name == b"authorization"]
    credentials, fault = bearer.credentials(given)
    text = _access_token(credentials) if credentials else None
    address = None if http.client is None else http.client.host
    ip = None
    if address is not None:
        with suppress(AddressError):
            ip = parse_address(address)
            if ip < IPV6 and ":" in address:
                # A socket for both families writes it as IPv6, in one way of many.
                address = customer(ip)
        # A proxy may pass on anything.
        address = shown(address[:_LONGEST_USER_AGENT])
    user_agent = next((value for name, value in headers if name == b"user-agent"), None)
    plain = (
        None if user_agent is None else shown(user_agent[:_LONGEST_USER_AGENT].decode("latin-1"))
    )
    return Caller(text, ip, address, plain), fault


def _access_token(credentials: str) -> TokenText | None:
    """The token without its key, which opens the project and is dropped before anything sees it."""
    try:
        whole = token_text.parse(credentials)
    except Refusal:
        return None
    return TokenText(whole.version, whole.id, whole.secret, "")


def counted_for(caller: Caller, proxies: Collection[IpRange]) -> str | None:
    """The address that a body's bytes are counted for; None for a proxy, which sends for many."""
    if caller.ip is None:
        return ""
    return None if proxies and access.trusts(tuple(proxies), caller.ip) else customer(caller.ip)
