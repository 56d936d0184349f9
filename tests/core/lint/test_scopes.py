"""The warnings about a scope: each trap, and the paths that prove it one."""

from __future__ import annotations

import re
from itertools import product

import pytest

from st_tui.core.algebra import overlaps
from st_tui.core.lint import FolderPaths
from st_tui.core.lint import lint as warnings_about
from st_tui.core.lint.no_folder import why_never
from st_tui.core.model import Scope, TokenDraft
from st_tui.core.patterns import compile_pattern
from tests.core.lint.test_tokens import FOLDERS, READ, lint, warnings


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


def test_an_environment_that_is_gone_and_a_pattern_from_elsewhere() -> None:
    assert warnings("/a", environment="qa") == ["Scope 1: there is no environment qa."]
    [warning] = warnings("/x***")
    assert "***" in warning


def test_everything_written_twice_leaves_nothing_out() -> None:
    assert warnings("/**/**") == ["Scope 1: opens all 6 folders of dev."]


def test_a_folder_is_held_against_a_scope_once(matched: list[str]) -> None:
    scopes = (Scope("dev", "/a/b*"), Scope("prod", "/x***"), Scope("gone", "/a"))
    folders = FolderPaths(FOLDERS)
    said = [lint(TokenDraft(name, scopes, READ, 1), folders) for name in ("a", "ab")]
    assert said[0] == said[1] == lint(TokenDraft("abc", scopes, READ, 1), FOLDERS)
    assert [folders.opened(scope) for scope in scopes] == [1, None, None]
    assert matched == 2 * ["/a/b", "/a/b/c"]  # in `folders`, and once more in others


def test_what_mends_a_trap_opens_what_was_left_out_and_is_a_trap_no_more() -> None:
    mended = 0
    for length in (1, 2, 3):
        for segments in product(["a", "*", "**", "a*", "[ab]"], repeat=length):
            draft = TokenDraft("t", (Scope("dev", "/" + "/".join(segments)),), READ, 1)
            for warning in warnings_about(draft, FOLDERS):
                left_out = re.search(r" leaves out (/[a-z/]*)", warning.text)
                if warning.fix is None or left_out is None:
                    continue
                mended += 1
                scopes = warning.fix.mended(draft, now=0).scopes
                assert any(compile_pattern(s.secret_path).matches(left_out[1]) for s in scopes)
                still = [
                    each.sentence for each in warnings_about(draft._replace(scopes=scopes), FOLDERS)
                ]
                assert warning.sentence not in still
    assert mended > 40


@pytest.mark.parametrize(
    ("pattern", "mended"),
    [
        ("/a/*", ["/a/**"]),
        ("/*", ["/**"]),
        ("/**/*", ["/**"]),
        ("/**/deep", ["/**/deep", "/deep"]),
        ("/a*/**", ["/a*/**", "/a*"]),
        ("/a/", ["/a"]),
        ("/\u0441ommon/**", ["/common/**"]),
        ("/x/**/deep", None),
        ("/nowhere", None),
    ],
)
def test_the_fix_of_a_scope(pattern: str, mended: list[str] | None) -> None:
    draft = TokenDraft("t", (Scope("dev", pattern),), READ, 1)
    fix = warnings_about(draft, FOLDERS)[0].fix
    paths = fix and [scope.secret_path for scope in fix.mended(draft, now=0).scopes]
    assert paths == mended
