"""The letters of a cell, against the one decision about each operation; and what is folded.

The lines were worked out by hand from what the scopes mean.
"""

from __future__ import annotations

from itertools import product

import pytest

from st_tui.core import access
from st_tui.core.addresses import parse_ranges
from st_tui.core.matrix import Line, column, fold, letters
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


PATHS = (
    "/",
    "/common",
    "/common/api",
    "/common/db",
    "/common/db/primary",
    "/common-mail",
    "/shop",
    "/shop/cart",
    "/shop/orders",
)


def cells(*scopes: str) -> list[tuple[str, ...]]:
    """The cells of each folder, for a token that may read one scope, for each scope."""
    read = frozenset({Permission.READ})
    tokens = [ServiceToken("t", "t", (Scope("dev", scope),), read) for scope in scopes]
    columns = [column(token, PATHS, asked) for token in tokens]
    return list(zip(*columns, strict=True))


def told(lines: list[Line]) -> list[str]:
    """Lines as they look: indented, and with how many folders are folded there."""
    return [
        "  " * line.level + line.label + (f"  {line.folders}" if line.fold else "")
        for line in lines
    ]


def test_a_folder_and_all_below_it_are_folded_where_they_are_alike() -> None:
    lines = fold(PATHS, cells("/common/**"))
    assert told(lines) == ["/", "common/**  4", "common-mail", "shop/**  3"]
    assert [line.fold for line in lines] == ["", "/common/**", "", "/shop/**"]
    assert [PATHS[line.folder] for line in lines] == ["/", "/common", "/common-mail", "/shop"]


def test_what_is_below_a_folder_is_folded_where_that_alone_is_alike() -> None:
    # `/shop/*` leaves out /shop itself; `/common/**/*` leaves out /common.
    lines = fold(PATHS, cells("/shop/*", "/common/**/*"))
    assert told(lines) == ["/", "common", "  **/*  3", "common-mail", "shop", "  *  2"]
    assert [line.fold for line in lines if line.fold] == ["/common/**/*", "/shop/*"]


def test_one_difference_below_keeps_every_folder_above_it_unfolded() -> None:
    assert told(fold(PATHS, cells("/common/**", "/common/db/primary"))) == [
        "/",
        "common",
        "  api",
        "  db",
        "    primary",
        "common-mail",
        "shop/**  3",
    ]


def test_all_is_one_line_where_every_folder_is_alike() -> None:
    assert told(fold(PATHS, cells("/**", "/nowhere"))) == ["/**  9"]
    assert told(fold(("/",), [("R ",)])) == ["/"]
    # No pattern has all but the root: there each folder stands for itself.
    flat = ("/", "/a", "/b", "/c")
    assert told(fold(flat, [("· ",), ("R ",), ("R ",), ("R ",)])) == ["/", "a", "b", "c"]


def test_a_fold_is_opened_alone_or_with_all_others() -> None:
    shop = cells("/shop/*")
    assert told(fold(PATHS, shop)) == ["/", "common/**  4", "common-mail", "shop", "  *  2"]
    opened = fold(PATHS, shop, opened={"/common/**"})
    assert told(opened) == [
        "/", "common", "  api", "  db", "    primary", "common-mail", "shop", "  *  2"
    ]  # fmt: skip
    assert told(fold(PATHS, shop, opened={"/shop/*"}))[-3:] == ["shop", "  cart", "  orders"]
    every = fold(PATHS, shop, every=True)
    assert [PATHS[line.folder] for line in every] == list(PATHS)
    assert {line.folders for line in every} == {1}


def test_only_folders_in_which_the_tokens_do_not_all_answer_alike_are_left() -> None:
    two = cells("/common/**", "/common/db/**")
    lines = fold(PATHS, two, differing=True)
    # Both may read below /common/db, and neither elsewhere; only the first in the other two.
    assert told(lines) == ["common", "  api"]
    # What leads to a folder is in its name, where it has no line.
    assert told(fold(PATHS, cells("/common/db/*", "/x"), differing=True)) == ["common/db/primary"]
    assert fold(PATHS, cells("/**"), differing=True) == []


def test_no_folder_is_lost_nor_told_twice() -> None:
    patterns = ("/**", "/*", "/*/*", "/common/**", "/common/*", "/shop/**/*", "/common/db")
    for first, second in product(patterns, patterns):
        both = cells(first, second)
        found = [
            PATHS[index]
            for line in fold(PATHS, both)
            for index in range(line.folder, line.folder + line.folders)
        ]
        assert found == list(PATHS)
        for line in fold(PATHS, both):
            same = {both[i] for i in range(line.folder, line.folder + line.folders)}
            assert len(same) == 1


def test_a_fold_is_named_by_the_pattern_of_its_folders() -> None:
    for line in fold(PATHS, cells("/shop/*", "/common/**/*", "/common-mail")):
        if line.fold:
            token = ServiceToken("t", "t", (Scope("dev", line.fold),), frozenset(Permission))
            opens = [p for p in PATHS if access.decide(token, asked(p, Permission.READ)).allowed]
            assert opens == list(PATHS[line.folder : line.folder + line.folders])
