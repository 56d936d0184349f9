"""A token and a folder in two letters: the cells of the matrix.

A capital letter says that `decide` allows it now, from anywhere. A small letter says that the
token's scopes and permissions grant it, but something about the token holds it back: it is not
activated, it has ended, or it works from its trusted addresses only. A dot is neither. So an
inactive token's line still shows what activating it would open.
"""

from __future__ import annotations

from collections.abc import Callable

from st_tui.core import access
from st_tui.core.model import AccessRequest, Decision, Permission, Reason, ServiceToken

_TOKEN_REASONS = (Reason.EXPIRED, Reason.INACTIVE, Reason.IP)
"""Reasons that lie with the token, whatever the folder."""
_FOLDER_REASONS = (Reason.ENVIRONMENT, Reason.PATH)
"""Reasons that lie with the folder: they hold for every permission alike."""
_LETTERS = tuple((permission, permission.letter) for permission in Permission)
_NOTHING = "·".ljust(len(_LETTERS))


def letters(
    token: ServiceToken, path: str, request: Callable[[str, Permission], AccessRequest]
) -> str:
    """What a cell says: a letter or a blank for each permission, or one dot for none of them.

    `request` makes the request to decide from a path and a permission.
    """
    found = ""
    for permission, letter in _LETTERS:
        asked = request(path, permission)
        decision = access.decide(token, asked)
        if decision.reason in _FOLDER_REASONS:
            return _NOTHING  # spares most cells of a large matrix a decision
        found += _letter(letter, token, asked, decision)
    return _NOTHING if found.isspace() else found


def _letter(letter: str, token: ServiceToken, request: AccessRequest, decision: Decision) -> str:
    if decision.allowed:
        return letter
    if decision.reason in _TOKEN_REASONS:
        free = token._replace(expires_at=None, is_active=True, trusted_ips=None)
        if access.decide(free, request).allowed:
            return letter.lower()
    return " "
