"""The two letters of a cell, against the one decision about each operation."""

from __future__ import annotations

from itertools import product

import pytest

from st_tui.core import access
from st_tui.core.addresses import parse_ranges
from st_tui.core.matrix import letters
from st_tui.core.model import AccessRequest, Decision, Permission, Scope, ServiceToken

SCOPES = (Scope("dev", "/a/**"), Scope("prod", "/b"))


def asked(path: str, operation: Permission) -> AccessRequest:
    return AccessRequest("dev", path, operation, 10)


@pytest.mark.parametrize("permissions", [{"read"}, {"write"}, {"read", "write"}])
def test_a_letter_for_each_operation_small_if_the_token_is_held_back(permissions: set[str]) -> None:
    free = ServiceToken("t", "t", SCOPES, frozenset(map(Permission, permissions)), version=3)
    held = (
        free._replace(expires_at=10),
        free._replace(is_active=False),
        free._replace(trusted_ips=parse_ranges(["10.0.0.0/8"])),
    )
    for token, path in product((free, *held), ("/a", "/a/b", "/b", "/")):
        allowed = [access.decide(free, asked(path, operation)).allowed for operation in Permission]
        text = "".join(letter if yes else " " for letter, yes in zip("RW", allowed, strict=True))
        shown = text if token is free else text.lower()
        assert letters(token, path, asked) == (shown if any(allowed) else "· ")


def test_a_place_that_no_scope_opens_is_asked_about_once(monkeypatch: pytest.MonkeyPatch) -> None:
    decided: list[AccessRequest] = []
    decide = access.decide

    def counted(token: ServiceToken, request: AccessRequest) -> Decision:
        decided.append(request)
        return decide(token, request)

    monkeypatch.setattr(access, "decide", counted)
    token = ServiceToken("t", "t", SCOPES, frozenset(Permission))
    assert letters(token, "/elsewhere", asked) == "· "
    assert len(decided) == 1
    assert letters(token, "/a", asked) == "RW"
    assert len(decided) == 3
