"""The warnings about a draft: each trap with the paths that show it is one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import product

import pytest

from st_tui.core.algebra import overlaps
from st_tui.core.lint import MANY_USES, FolderPaths, lint
from st_tui.core.lint import scopes as lint_scopes
from st_tui.core.lint import tokens as lint_tokens
from st_tui.core.lint.names import Names
from st_tui.core.lint.no_folder import why_never
from st_tui.core.model import Permission, Scope, ServiceToken, TokenDraft, Use
from st_tui.core.patterns import compile_pattern

READ = frozenset({Permission.READ})
FOLDERS = {"dev": ["/", "/a", "/a/b", "/a/b/c", "/x", "/x/deep"], "prod": ["/"]}


def warnings(*patterns: str, environment: str = "dev") -> list[str]:
    scopes = tuple(Scope(environment, pattern) for pattern in patterns)
    return lint(TokenDraft("t", scopes, READ, 1), FOLDERS)


@pytest.mark.parametrize(
    ("pattern", "said", "opens", "closed"),
    [
        ("/a/*", "leaves out /a itself and all that is deeper", ["/a/b"], ["/a", "/a/b/c"]),
        ("/**/deep", "leaves out /deep in the root", ["/x/deep"], ["/deep"]),
        ("/[^a]x", "lets dot names in, such as /.x.", ["/.x", "/bx"], ["/ax"]),
        ("/{a,.b}?", "lets dot names in, such as /.bx.", ["/.bx", "/ab"], ["/a"]),
        ("/[ab]/*/[^a]*/**", "such as /a/x/.x/x.", ["/a/x/.x/x"], []),
        ("/a*/**", "leaves out /a, though not what is below it", ["/a/b", "/ab/c"], ["/a", "/ab"]),
        ("/a/*/**", "leaves out /a/a, though", ["/a/b/c"], ["/a/b", "/a/a"]),
        ("/*/*", "leaves out /a itself, and all that is deeper than /a/a.", ["/a/a"], ["/a/a/a"]),
        (
            "/*a?????????/*",
            "leaves out /aaaaaaaaaa itself, and all that is deeper than /aaaaaaaaaa/a.",
            ["/aaaaaaaaaa/a"],
            ["/aaaaaaaaaa/a/a"],
        ),
        ("/a/**/*", "leaves out /a itself.", ["/a/b", "/a/b/c"], ["/a"]),
        ("/**/*", "leaves out / itself.", ["/a/b", "/a/b/c"], ["/"]),
        ("/**/*", "leaves out /a in the root.", [], ["/a"]),
        ("/**/x/**", "leaves out /x in the root.", ["/a/x", "/a/x/b"], ["/x"]),
        ("/**/**/x", "leaves out /x in the root.", ["/a/x"], ["/x"]),
        ("/x/**/deep", "opens /x/deep as well: its ** may stand for no folder.", ["/x/deep"], []),
        ("/**", "opens all 6 folders of dev", FOLDERS["dev"], []),
        ("/nowhere/**", "matches no folder that is in dev now", ["/nowhere"], FOLDERS["dev"]),
    ],
)
def test_each_trap_is_named_and_is_one(
    pattern: str, said: str, opens: list[str], closed: list[str]
) -> None:
    assert any(said in warning for warning in warnings(pattern))
    compiled = compile_pattern(pattern)
    assert [path for path in opens if not compiled.matches(path)] == []
    assert [path for path in closed if compiled.matches(path)] == []


@pytest.mark.parametrize(
    "pattern", ["/", "/a", "/a/b", "/a/**", "/x/d*p", "/{a,x}", "/[ax]", "/{a,x}/**", "/a/?/**"]
)
def test_what_means_what_it_looks_like_is_silent(pattern: str) -> None:
    assert warnings(pattern) == []


@pytest.mark.parametrize(
    ("pattern", "count"), [("/a/**/*", 2), ("/**/*/**", 1), ("/**/**/deep", 1), ("/a/**/**", 0)]
)
def test_no_trap_is_named_twice(pattern: str, count: int) -> None:
    assert len(warnings(pattern)) == count


def test_every_path_that_a_trap_names_is_left_out_or_opened_as_it_says() -> None:
    paths = ["/" + "/".join(names) for n in range(1, 5) for names in product("ab", repeat=n)]
    named = 0
    for length in (1, 2, 3):
        for segments in product(["a", "*", "**", "a*", "[ab]"], repeat=length):
            pattern = "/" + "/".join(segments)
            compiled = compile_pattern(pattern)
            for warning in warnings(pattern):
                for verb, opened in (("leaves out", False), ("opens", True)):
                    found = re.search(rf" {verb} (/[a-z/]*)", warning)
                    if found:
                        named += 1
                        assert compiled.matches(found[1]) is opened, warning
                if "all that is deeper" in warning:
                    assert max(p.count("/") for p in ["/", *paths] if compiled.matches(p)) == length
    assert named > 80


@pytest.mark.parametrize("pattern", ["/a/", "/*/", "/**/", "/x/{a,b}/", "/**/a/"])
def test_a_slash_at_the_end_is_named_with_the_rewrite(pattern: str) -> None:
    assert warnings(pattern) == [
        "Scope 1: matches only paths that are written with the slash at the end, which no request "
        f"has: write {pattern[:-1]}."
    ]
    compiled = compile_pattern(pattern)
    assert not overlaps([compiled], [compile_pattern("/**")]).holds
    compile_pattern(pattern[:-1])


@pytest.mark.parametrize("pattern", ["/$env/x", "/a/../b", "/\u0441ommon/**", "/.*/*", "/a b/**"])
def test_a_scope_that_no_folder_can_ever_match_says_only_that(pattern: str) -> None:
    [warning] = warnings(pattern)
    assert warning == f"Scope 1: {why_never(pattern)}"
    assert "can never match a folder (proved)" in warning
    assert warnings(pattern, environment="prod") == [warning]


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


def test_an_environment_that_is_gone_and_a_pattern_from_elsewhere() -> None:
    assert warnings("/a", environment="qa") == ["Scope 1: there is no environment qa."]
    [warning] = warnings("/x***")
    assert "***" in warning


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


def test_everything_written_twice_leaves_nothing_out() -> None:
    assert warnings("/**/**") == ["Scope 1: opens all 6 folders of dev."]


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


def test_a_folder_is_held_against_a_scope_once(matched: list[str]) -> None:
    scopes = (Scope("dev", "/a/b*"), Scope("prod", "/x***"), Scope("gone", "/a"))
    folders = FolderPaths(FOLDERS)
    said = [lint(TokenDraft(name, scopes, READ, 1), folders) for name in ("a", "ab")]
    assert said[0] == said[1] == lint(TokenDraft("abc", scopes, READ, 1), FOLDERS)
    assert [folders.opened(scope) for scope in scopes] == [1, None, None]
    assert len(matched) == 2 * len(FOLDERS["dev"])  # in `folders`, and once more in others


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
