"""What a rotation makes of the old token: until when it still works, and how to say it."""

from __future__ import annotations

from collections.abc import Callable

from st_tui.core import expiry
from st_tui.core.model import Replaced, ServiceToken


def replaced(token: ServiceToken, overlap: int, now: int) -> Replaced:
    """The old token after a rotation with so many milliseconds of overlap. Raises ExpiryError."""
    if overlap == 0:
        return Replaced(None)
    ends_at = expiry.expires_after(overlap, now)
    if token.expires_at is not None and token.expires_at < ends_at:
        return Replaced(token.expires_at, is_cut=True)
    return Replaced(ends_at)


def old_token_works(old: Replaced, in_words: Callable[[int], str]) -> str:
    """Until when the old token works, as a sentence."""
    if old.ends_at is None:
        return "Whoever still uses the old token is refused from now on."
    until = f"The old token works until {in_words(old.ends_at)}"
    return f"{until}: the overlap is cut to the token's own end." if old.is_cut else f"{until}."


def told_apart(token: ServiceToken, in_words: Callable[[int], str]) -> str:
    """A token's name. That of a replaced one says so, for its successor bears the same."""
    if not token.is_replaced or token.expires_at is None:
        return token.name
    return f"{token.name} (old, until {in_words(token.expires_at)})"
