"""What a question may cost: neither many patterns nor many folders take the machine."""

from __future__ import annotations

import itertools
import tracemalloc
from contextlib import suppress

import pytest

from st_tui.core.algebra import Budget, TooComplex, contains, overlaps
from st_tui.core.patterns import FOLDER_CHARS, compile_pattern

_LONG_WORDS = "{" + ",".join(FOLDER_CHARS) + "}"


@pytest.mark.parametrize("wildcards", [4, 16, 900])
def test_a_pattern_that_grows_without_bound_is_refused_in_bounded_memory(wildcards: int) -> None:
    hostile = compile_pattern("/*a" + "?" * wildcards)
    other = compile_pattern("/*b" + "?" * wildcards)
    tracemalloc.start()
    try:
        if wildcards == 4:
            assert contains([other], [hostile]).witness is not None
            assert overlaps([other], [hostile]).holds is False
        else:
            with pytest.raises(TooComplex, match="too intricate"):
                overlaps([hostile], [other, compile_pattern("/x*")])
        assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/*" + "[A-Za-z0-9_-]" * 70, f"/*{_LONG_WORDS}" + "?" * 18),
        ("/" + "*a" * 400, "/*" + "{a,b,c,d,e,f,g,h}" * 50),
        ("/*" + "{ab,ba}" * 140, "/**/*a" + "?" * 18 + "/**/*b" + "?" * 18),
        ("/" + "/".join(["**/*"] * 190) + "/x", "/" + "*{a,b}" * 160),
    ],
)
def test_long_patterns_of_every_kind_end_in_bounded_memory(one: str, other: str) -> None:
    tracemalloc.start()
    try:
        for ask in (contains, overlaps):
            with suppress(TooComplex):
                ask([compile_pattern(one)], [compile_pattern(other)])
        assert tracemalloc.get_traced_memory()[1] < 32 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_folders_without_end_do_not_keep_a_verdict_back() -> None:
    looked = itertools.count()
    folders = (f"/a/{number}" for number in looked)
    answer = contains([compile_pattern("/a/*")], [compile_pattern("/a/**")], folders)
    assert answer[:3] == (False, "/a", False)
    assert next(looked) < 100_000


def test_parts_of_one_question_share_the_budget() -> None:
    budget = Budget(steps=700, looks=100)
    outer, inner = [compile_pattern("/a/**")], [compile_pattern("/a/*/b")]
    assert contains(outer, inner, (), budget).holds
    assert contains(outer, inner, (), budget).holds
    with pytest.raises(TooComplex):
        contains(outer, inner, (), budget)
