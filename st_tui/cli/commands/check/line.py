"""One line of `check --batch`: a JSON object with an access, and the token or the scopes to judge.

Such as:

    {"scopes": [{"environment": "dev", "secretPath": "/a/*"}], "permissions": ["read"],
     "environment": "dev", "secretPath": "/a/b", "operation": "read", "expect": true}
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, TypeVar

from st_tui.core import drafts, expiry
from st_tui.core.addresses import parse_address, parse_ranges
from st_tui.core.errors import Refusal
from st_tui.core.json_text import NotJson, strict_decoder
from st_tui.core.model import AccessRequest, Endpoint, Permission, Scope, ServiceToken

LONGEST_LINE = 64 * 1024
"""Bytes."""
_REMEMBERED_TOKENS = 64  # each may be as long as a line
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WHERE = ("environment", "secretPath", "operation")
INLINE_KEYS = frozenset({"scopes", "permissions", "e2ee", "expiresAt", "isActive", "trustedIps"})
_KEYS = INLINE_KEYS | {*_WHERE, "tokenId", "endpoint", "ip", "at", "expect"}
_SCOPE_KEYS = frozenset({"environment", "secretPath"})
_PERMISSIONS = {permission.value: permission for permission in Permission}
_ENDPOINTS = {endpoint.value: endpoint for endpoint in Endpoint}

_parse_time = lru_cache(1_024)(expiry.parse_time)
_Choice = TypeVar("_Choice")
Line = dict[str, Any]


class LineError(Refusal):
    """A line cannot be judged. The sentence says why."""


def read_line(line: bytes | None) -> Line:
    """The object of a line; None stands for a line that is too long. Raises Refusal."""
    if line is None:
        raise LineError(f"The line has over {LONGEST_LINE} bytes: shorten it.")
    if not line.strip():
        raise LineError("The line is blank: write one JSON object on each line.")
    try:
        stated = _DECODER.decode(line.removeprefix(_BYTE_ORDER_MARK).decode())
    except NotJson:
        raise
    except UnicodeDecodeError:
        raise LineError("The line is not UTF-8: save the table as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise LineError(f"The line is no JSON: {error.msg} at character {error.pos + 1}.") from None
    except RecursionError:
        raise LineError("The line is nested too deeply: write one flat JSON object.") from None
    except ValueError:
        raise LineError("The line holds a number that is too long: leave it out.") from None
    if not isinstance(stated, dict):
        raise LineError("The line is no JSON object: write one, as in {…}.")
    if not stated.keys() <= _KEYS:
        unknown = min(stated.keys() - _KEYS)
        raise LineError(f"There is no key {unknown[:60]!r} in such a line: leave it out.")
    for key in _WHERE:
        if key not in stated:
            raise LineError(f"`{key}` is missing: add it.")
    if "expect" in stated:
        flag_of(stated, "expect", False)
    return stated


def inline_token(stated: Line) -> ServiceToken:
    """The token that the line describes itself. Raises LineError and Refusal."""
    for key in ("scopes", "permissions"):
        if key not in stated:
            raise LineError(f"`{key}` is missing: add it, or `tokenId` instead.")
    expires_at, trusted_ips = stated.get("expiresAt"), stated.get("trustedIps")
    return _token(
        _scopes(stated["scopes"]),
        _texts(stated, "permissions"),
        None if expires_at is None else text_of(stated, "expiresAt"),
        flag_of(stated, "isActive", True),
        None if trusted_ips is None else _texts(stated, "trustedIps"),
    )


@lru_cache(_REMEMBERED_TOKENS)
def _token(
    scopes: tuple[Scope, ...],
    permissions: tuple[str, ...],
    expires_at: str | None,
    is_active: bool,
    trusted_ips: tuple[str, ...] | None,
) -> ServiceToken:
    for scope in scopes:
        drafts.check_pattern(scope.secret_path)
    if trusted_ips == ():
        raise LineError("`trustedIps` is empty: 0.0.0.0/0 and ::/0 mean any.")
    return ServiceToken(
        id="",
        name="",
        scopes=scopes,
        permissions=frozenset(_choice("permissions", text, _PERMISSIONS) for text in permissions),
        expires_at=None if expires_at is None else expiry.parse_time(expires_at),
        is_active=is_active,
        trusted_ips=None if trusted_ips is None else parse_ranges(trusted_ips),
    )


def request_of(stated: Line, environment: str, e2ee: bool) -> AccessRequest:
    """The access that the line asks about. Raises LineError and Refusal."""
    ip = stated.get("ip")
    return AccessRequest(
        environment=environment,
        path=text_of(stated, "secretPath"),
        operation=_choice("operation", stated["operation"], _PERMISSIONS),
        now=_parse_time(text_of(stated, "at")) if "at" in stated else expiry.system_clock(),
        endpoint=_choice("endpoint", stated.get("endpoint", "e2ee"), _ENDPOINTS),
        e2ee=e2ee,
        ip=None if ip is None else parse_address(text_of(stated, "ip")),
    )


def _scopes(value: object) -> tuple[Scope, ...]:
    if not isinstance(value, list):
        raise LineError("`scopes` must be a list of objects.")
    scopes = []
    for item in value:
        if not isinstance(item, dict) or item.keys() != _SCOPE_KEYS:
            raise LineError("Each of `scopes` must be an object of `environment` and `secretPath`.")
        scopes.append(Scope(text_of(item, "environment"), text_of(item, "secretPath")))
    return tuple(scopes)


def text_of(stated: Line, key: str) -> str:
    """The text under a key that is there. Raises LineError."""
    value = stated[key]
    if not isinstance(value, str):
        raise LineError(f"`{key}` must be text in quotes.")
    return value


def _texts(stated: Line, key: str) -> tuple[str, ...]:
    value = stated[key]
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise LineError(f"`{key}` must be a list of texts in quotes.")
    return tuple(value)


def flag_of(stated: Line, key: str, default: bool) -> bool:
    """Whether the flag under a key is true; the default where it is not there. Raises LineError."""
    value = stated.get(key, default)
    if not isinstance(value, bool):
        raise LineError(f"`{key}` must be true or false.")
    return value


def _choice(key: str, value: object, choices: dict[str, _Choice]) -> _Choice:
    if not isinstance(value, str) or value not in choices:
        raise LineError(f"`{key}` must be {' or '.join(choices)}.")
    return choices[value]


_DECODER = strict_decoder()
