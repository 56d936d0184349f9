"""Who sends a request: the token in `Authorization: Bearer st.…`, the address, the user agent.

A faulty header is refused by its form alone, whatever the token. The refusal repeats nothing of it:
the token itself may stand where the scheme should.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from starlette.requests import Request as HttpRequest

from st_tui.core import token_text
from st_tui.core.addresses import IPV6, AddressError, customer, parse_address
from st_tui.core.errors import Refusal
from st_tui.core.model import TokenText
from st_tui.core.plain_text import shown
from st_tui.core.vault.holders.holder import Caller

_RIGHT = "send 'Authorization: Bearer <service token>'"
MISSING = "Token missing"
NO_SCHEME = f"Authorization holds a service token without the scheme Bearer before it: {_RIGHT}"
OTHER_SCHEME = f"The scheme of Authorization is not Bearer: {_RIGHT}"
NO_TOKEN = f"Authorization holds the scheme Bearer and no token: {_RIGHT}"
SEVERAL = f"There is more than one Authorization header: {_RIGHT} once"

_TOKEN_PREFIXES = ("st.", "stv3.")
_LONGEST_LOGGED = 256
"""Characters of an address or a user agent."""


def caller_of(http: HttpRequest, headers: list[tuple[bytes, bytes]]) -> tuple[Caller, str]:
    """Who asks, and what is wrong with how the token was sent (empty if nothing is)."""
    authorization = [value.decode("latin-1") for name, value in headers if name == b"authorization"]
    credentials, fault = _credentials(authorization)
    text = _access_token(credentials) if credentials else None
    address = None if http.client is None else http.client.host
    ip = None
    if address is not None:
        with suppress(AddressError):
            ip = parse_address(address)
            if ip < IPV6 and ":" in address:
                # A socket for both families writes IPv4 as IPv6, in one way of many.
                address = customer(ip)
        # A proxy may pass on anything.
        address = shown(address[:_LONGEST_LOGGED])
    user_agents = [value for name, value in headers if name == b"user-agent"]
    user_agent = None
    if user_agents:
        user_agent = shown(user_agents[0][:_LONGEST_LOGGED].decode("latin-1"))
    return Caller(text, ip, address, user_agent), fault


def _credentials(authorization: Sequence[str]) -> tuple[str, str]:
    """What follows the scheme in the only header, and what is wrong (empty if nothing is)."""
    if not any(map(str.strip, authorization)):
        return "", MISSING
    if len(authorization) > 1:
        return "", SEVERAL
    scheme, *rest = authorization[0].split(maxsplit=1)
    if scheme.lower() != "bearer":
        return "", NO_SCHEME if scheme.startswith(_TOKEN_PREFIXES) else OTHER_SCHEME
    return (rest[0], "") if rest else ("", NO_TOKEN)


def _access_token(credentials: str) -> TokenText | None:
    """The token without its key, which opens the project and is dropped before anything sees it."""
    try:
        whole = token_text.parse(credentials)
    except Refusal:
        return None
    return TokenText(whole.version, whole.id, whole.secret, "")
