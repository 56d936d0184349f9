"""Scopes that no folder can ever match, held against all short paths of folders."""

from __future__ import annotations

import random
import re
from itertools import product

import pytest

from st_tui.core.algebra import Budget, TooComplex, contains, no_folder_matches
from st_tui.core.algebra.certificate import check
from st_tui.core.lint.no_folder import why_never
from st_tui.core.patterns import PatternRefused, compile_pattern
from tests.core.patterns.test_picomatch import PATHS, accepted, cases, recorded

NAMES = ["".join(letters) for length in (1, 2, 3) for letters in product("ab-", repeat=length)]
FOLDERS = ["/", *(f"/{one}" for one in NAMES), *(f"/{a}/{b}" for a, b in product(NAMES, NAMES))]
PIECES = ["a", "b", "-", "*", "**", "?", "[ab]", "[^a]", "[^A-Za-z0-9_-]", "[a-zA-Z0-9_-]",
          "{a,b}", "{.a,b}", "{.a,$}", ".", "$", "é", "\u0441", " ", "%", ":", "🙂"]  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "blamed"),
    [
        ("/$env/x", "it has $, and"),
        ("/a/../b", "it has a dot, and"),
        ("/%2Fx", "it has %, and"),
        ("/common /x", "it has a space, and"),
        ("/a ", "it has a space, and"),
        ("/a.b/c", "it has a dot, and"),
        ("/.*/**", "it has a dot, and"),
        ("/dev:/a", "it has a colon, and"),
        ("/日本", "it has 日 U+65E5 (CJK UNIFIED IDEOGRAPH-65E5), and"),
        ("/🙂/*", "it has 🙂 U+1F642 (SLIGHTLY SMILING FACE), and"),
        ("/a\u200bb", "it has the invisible character U+200B (ZERO WIDTH SPACE), and"),
        ("/a\u00a0b", "it has the invisible character U+00A0 (NO-BREAK SPACE), and"),
        ("/{a.b,$}/x", "it has a choice of words with a dot, and"),
        ("/[^A-Za-z0-9_-]/y", "it has a class that leaves out all of them, and"),
        ("/$x/", "it has $, and"),
        ("/a/", "matches only paths that are written with the slash at the end"),
        ("/**/", "write /**."),
    ],
    ids=ascii,
)
def test_what_is_to_blame_is_named(pattern: str, blamed: str) -> None:
    assert blamed in (why_never(pattern) or "")


@pytest.mark.parametrize(
    ("pattern", "rewrite"),
    [
        ("/\u0441ommon/**", "/common/**"),
        ("/\u0441\u043e\u0440\u0441/*", "/copc/*"),
        ("/common／db", "/common/db"),
        ("/common/＊＊", "/common/**"),
        ("/x–y", "/x-y"),
        ("/é/[ab]", "/e/[ab]"),
    ],
    ids=ascii,
)
def test_what_it_is_taken_for_is_proposed(pattern: str, rewrite: str) -> None:
    assert (why_never(pattern) or "").endswith(f": write {rewrite}.")
    assert why_never(rewrite) is None


@pytest.mark.parametrize("pattern", ["/\u0441.x", "/ж\u0441", "/" + "\u0441" * 61, "/\u0441**／a"])
def test_nothing_is_proposed_that_would_not_do(pattern: str) -> None:
    try:
        assert "write" not in (why_never(pattern) or "")
    except PatternRefused:
        assert "**" in pattern


@pytest.mark.parametrize(
    "pattern",
    ["/", "/**", "/*", "/a", "/_-/9", "/{.a,b}", "/{a,$}/x", "/[^a]", "/?"],
)
def test_what_some_folder_could_match_is_not_accused(pattern: str) -> None:
    assert why_never(pattern) is None


def patterns(count: int) -> list[str]:
    chosen = random.Random(11)
    found: list[str] = []
    while len(found) < count:
        segments = [
            "".join(chosen.choices(PIECES, k=chosen.randint(1, 3)))
            for _ in range(chosen.randint(1, 2))
        ]
        pattern = "/" + "/".join(segments) + chosen.choice(["", "", "", "/"])
        try:
            compile_pattern(pattern)
        except PatternRefused:
            continue
        found.append(pattern)
    return found


def test_it_is_so_for_every_short_path_of_a_folder() -> None:
    """Each of these patterns that matches any folder matches a short one."""
    told = 0
    for pattern in patterns(600):
        compiled = compile_pattern(pattern)
        never = why_never(pattern)
        told += never is not None
        assert (never is None) is any(map(compiled.matches, FOLDERS)), pattern
        assert never is None or ("slash at the end" in never) <= pattern.endswith("/")
    assert 100 < told < 500


def test_picomatch_matches_no_folder_where_none_can_be_matched() -> None:
    """By its recorded answers: of thousands of patterns that match one, none is said never to."""
    folder = re.compile(r"/|(/[A-Za-z0-9_-]+)+")
    of_folders = sum(1 << n for n, path in enumerate(PATHS) if folder.fullmatch(path))
    matched = {pattern for pattern, answers in recorded() if answers & of_folders}
    for name in ("scope", "wild"):
        matched |= {
            pattern for pattern, path, match in cases(name) if match and folder.fullmatch(path)
        }
    matched = set(filter(accepted, matched))
    assert len(matched) > 2_000
    assert [pattern for pattern in matched if why_never(pattern) is not None] == []


def test_it_agrees_with_the_search_and_its_certificate() -> None:
    for pattern in [*patterns(2_000), "/**/a$", "/{ab,c.d}*/[^x]/.", "/a/**/b/"]:
        compiled = compile_pattern(pattern)
        judgement = contains([], [compiled])
        assert no_folder_matches(compiled) is judgement.holds, pattern
        if judgement.certificate is not None:
            assert check(judgement.certificate)
        else:
            assert re.fullmatch(r"/|(/[A-Za-z0-9_-]+)+", judgement.witness or "")


def test_what_is_too_intricate_for_the_search_is_answered() -> None:
    pattern = "/*a?????????????????$"
    with pytest.raises(TooComplex):
        contains([], [compile_pattern(pattern)], (), Budget())
    assert "it has $" in (why_never(pattern) or "")
    assert why_never(pattern[:-1]) is None
    assert why_never("/" + "*?" * 499) is None
