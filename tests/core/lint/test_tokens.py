"""The warnings about a token or a draft."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial

import pytest

from st_tui.core.lint import MANY_USES, Kind, Way
from st_tui.core.lint import lint as warnings_about
from st_tui.core.lint import scopes as lint_scopes
from st_tui.core.lint import tokens as lint_tokens
from st_tui.core.lint.names import Names
from st_tui.core.model import Permission, Scope, ServiceToken, TokenDraft, Use

READ = frozenset({Permission.READ})
FOLDERS = {"dev": ["/", "/a", "/a/b", "/a/b/c", "/x", "/x/deep"], "prod": ["/"]}


def lint(
    token: TokenDraft | ServiceToken,
    folders: Mapping[str, Sequence[str]],
    written: Collection[str] | None = None,
    uses: Iterable[Use] = (),
    names: Names | None = None,
) -> list[str]:
    return [each.text for each in warnings_about(token, folders, written, uses, names)]


def warnings(*patterns: str, environment: str = "dev") -> list[str]:
    scopes = tuple(Scope(environment, pattern) for pattern in patterns)
    return lint(TokenDraft("t", scopes, READ, 1), FOLDERS)


def test_names_are_compared_with_those_of_all_tokens() -> None:
    names = Names(["t", "t", "\u0442"])
    token = ServiceToken("id", "t", (Scope("dev", "/a"),), READ, expires_at=1)
    draft = TokenDraft("t", token.scopes, READ, 1)
    alike = "The name looks like that of another token: “\u0442”."
    assert lint(token, FOLDERS, names=names) == [
        alike, "1 other token has the same name: only the id tells them apart.",
    ]  # fmt: skip
    assert lint(draft, FOLDERS, names=names) == [
        alike, "2 other tokens have the same name: only the id tells them apart.",
    ]  # fmt: skip
    assert lint(draft._replace(name="u"), FOLDERS, names=names) == []


def test_a_scope_that_says_nothing_new_names_the_one_that_does() -> None:
    assert warnings("/a", "/x", "/a") == ["Scope 3: the same as scope 1."]


def test_permissions_and_end() -> None:
    scopes = (Scope("dev", "/a"),)
    write_only = TokenDraft("t", scopes, frozenset({Permission.WRITE}), None)
    assert lint(write_only, FOLDERS) == [
        "It may write but not read: write does not imply read.",
        "It never expires: it lives until somebody revokes it.",
    ]
    assert lint(write_only._replace(permissions=READ, expires_at=1), FOLDERS) == []


def test_a_token_near_the_documented_limit_of_uses() -> None:
    token = ServiceToken("id", "t", (Scope("dev", "/a"),), READ, expires_at=1)
    warning = "It was used 3,900,000,000 times, near the documented limit of 2^32: rotate it."
    assert lint(token._replace(use_count=3_900_000_000), FOLDERS) == [warning]
    assert int(2**32 * 0.9) == MANY_USES
    assert lint(token._replace(use_count=MANY_USES - 1), FOLDERS) == []


def test_a_scope_inside_others_says_nothing_new() -> None:
    assert warnings("/a/**", "/a/b") == [
        "Scope 2: says nothing new: scope 1 opens all of it (proved)."
    ]


def test_the_first_token_that_may_write_to_an_environment() -> None:
    draft = TokenDraft("t", (Scope("dev", "/a"),), frozenset(Permission), 1)
    assert lint(draft, FOLDERS, written={"prod"}) == ["No other token may write to dev."]
    assert lint(draft, FOLDERS, written={"dev"}) == []
    assert lint(draft._replace(permissions=READ), FOLDERS, written=set()) == []


def test_what_was_asked_of_the_same_scopes_is_not_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []

    def counting(ask: Callable[..., object], *given: object) -> object:
        asked.append(given)
        return ask(*given)

    for module, name in ((lint_scopes, "contains"), (lint_tokens, "redundant")):
        monkeypatch.setattr(module, name, partial(counting, getattr(module, name)))
    for _ in range(3):
        # Neither proof comes to an end; that, too, is remembered.
        assert warnings("/*z????????????????*/**", "/*y????????????????*") == [
            "Scope 1: matches no folder that is in dev now.",
            "Scope 2: matches no folder that is in dev now.",
        ]
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("pattern", "used", "said"),
    [
        ("/a/**", "/a", "opens 3 folders, 1 was used:"),
        ("/a/**", "/a /a/b", "opens 3 folders, 2 were used:"),
        ("/a/**", "/a /a/b /a/b/c", None),
        ("/a/**", "/a /gone /x", "opens 3 folders, 1 was used:"),
        ("/a/**", "/gone", None),  # of what there is now, nothing is known to be used
        ("/a/**", "", None),
        ("/a", "/a", None),
        ("/x***", "/x", None),
    ],
)
def test_wider_than_what_is_used(pattern: str, used: str, said: str | None) -> None:
    uses = [Use("dev", path, operation) for path in used.split() for operation in Permission]
    found = lint(TokenDraft("t", (Scope("dev", pattern),), READ, 1), FOLDERS, uses=uses)
    told = [warning for warning in found if "Wider than used" in warning]
    assert len(told) == (said is not None)
    assert said is None or said in told[0]


def test_the_same_folder_of_another_environment_is_another() -> None:
    scopes = (Scope("dev", "/"), Scope("prod", "/"))
    [warning] = lint(
        TokenDraft("t", scopes, READ, 1), FOLDERS, uses=[Use("dev", "/", Permission.READ)]
    )
    assert "opens 2 folders, 1 was used:" in warning


def test_a_warning_says_what_it_is_about_and_what_would_mend_it() -> None:
    draft = TokenDraft("t", (Scope("dev", "/a/**"), Scope("dev", "/a/b")), READ, None)
    inside, never = warnings_about(draft, FOLDERS)
    assert (inside.kind, inside.scope) == (Kind.REDUNDANT, 1)
    assert inside.fix is not None
    assert never.fix is not None
    assert inside.fix.words == "take scope 2 out"
    assert never.kind is Kind.NEVER_EXPIRES
    assert never.weight < inside.weight
    mended = never.fix.mended(inside.fix.mended(draft, now=5), now=5)
    assert mended == draft._replace(
        scopes=(Scope("dev", "/a/**"),), expires_at=5 + 360 * 24 * 3_600_000
    )
    assert warnings_about(mended, FOLDERS) == []


def test_what_mends_a_token_that_exists() -> None:
    def ways(token: ServiceToken, *uses: Use) -> list[Way | None]:
        return [
            each.fix.way if each.fix else None
            for each in warnings_about(token, FOLDERS, None, uses)
        ]

    token = ServiceToken("id", "t", (Scope("dev", "/a/**"),), READ, expires_at=1)
    assert ways(token, Use("dev", "/a", Permission.READ)) == [Way.NARROW]
    assert ways(token._replace(expires_at=None, use_count=MANY_USES)) == [Way.ROTATE, Way.ROTATE]
    assert ways(token._replace(scopes=(Scope("gone", "/"), Scope("dev", "/nowhere")))) == [
        Way.REVOKE, Way.REVOKE,
    ]  # fmt: skip
    # With one scope that opens something, or one that a better path would mend, it is of use.
    assert ways(token._replace(scopes=(Scope("gone", "/"), Scope("dev", "/a")))) == [Way.MEND]
    assert ways(token._replace(scopes=(Scope("dev", "/a/"),))) == [Way.MEND]


def test_a_name_is_mended_where_that_can_be_told() -> None:
    draft = TokenDraft("\u0441i-deploy", (Scope("dev", "/a"),), READ, 1)
    [mixed] = warnings_about(draft, FOLDERS, names=Names([]))
    assert mixed.fix is not None
    assert mixed.fix.mended(draft, now=0).name == "ci-deploy"
    assert mixed.kind is Kind.NAME
    taken = warnings_about(draft, FOLDERS, names=Names(["ci-deploy"]))
    assert [each.fix for each in taken] == [None, None]
