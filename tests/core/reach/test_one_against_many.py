"""One query pattern against many stored ones, held against comparing each pair."""

from __future__ import annotations

import itertools
import re
from string import ascii_lowercase, ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.algebra import TooComplex, overlaps
from st_tui.core.model import Permission, ServiceToken
from st_tui.core.patterns import Pattern, PatternRefused, compile_pattern
from st_tui.core.reach import (
    ReachingToken,
    bitmap_of_reaching,
    build_index,
    one_against_many,
    postings,
    reaching_within,
    who,
    who_within,
)
from tests.core.patterns.test_pattern import patterns
from tests.core.reach.test_index import ALIKE, ids, token, tokens
from tests.core.vaults import NOON, WRITE

FOLDERS = ["/", "/a", "/a/b", "/b", "/b/a", "/a-b"]  # parents before children


def where(asked: str, text: str, folders: list[str]) -> str | None:
    """A path of both: the first folder that is there, or else the shortest."""
    both = [compile_pattern(asked), compile_pattern(text)]
    existing = (path for path in folders if all(pattern.matches(path) for pattern in both))
    return next(existing, overlaps(both[:1], both[1:]).witness)


@given(
    st.lists(tokens, max_size=4),
    patterns | st.sampled_from(ALIKE),
    st.sampled_from([[], ["/"], FOLDERS]),
)
def test_it_answers_for_a_pattern_as_overlaps_of_each_scope(
    some: list[ServiceToken], asked: str, folders: list[str]
) -> None:
    found = who_within(
        build_index(some, NOON), "prod", compile_pattern(asked), Permission.READ, folders
    )
    assert list(found) == [
        overlapping[0]
        for token in some
        if Permission.READ in token.permissions
        and (token.expires_at is None or token.expires_at > NOON)
        and (
            overlapping := [
                ReachingToken(token, number, path)
                for number, (environment, text) in enumerate(token.scopes)
                if environment == "prod" and (path := where(asked, text, folders))
            ]
        )
    ]


SEGMENTS = ["a", "b", "ab", "a.", "*", "**", "?", "a*", "*a", "?b", "[ab]", "{a,bb}", "*b*"]


SHORT = ["/"] + [
    f"/{'/'.join(segments)}{end}"
    for segments in [
        *itertools.product(SEGMENTS),
        *itertools.product(SEGMENTS, SEGMENTS),
        *itertools.product(["a", "b", "*"], ["a", "*", "**"], ["b", "*", "**"]),
        *itertools.product("ab", "ab", ["a", "*b"], ["b", "*", "**"]),
    ]
    for end in ("", "/")[: 3 - len(segments)] or ("",)
]


@pytest.mark.parametrize(("remembered", "block"), [(5_000, 512), (3, 512), (5_000, 2)])
def test_short_patterns_that_share_their_ends_answer_as_overlaps_of_each(
    remembered: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All at once, so that what one leaves to the others is theirs too."""
    monkeypatch.setattr(one_against_many, "_REMEMBERED", remembered)
    monkeypatch.setattr(postings, "_LARGEST_BLOCK", block)
    one_against_many.query_for.cache_clear()
    reach = build_index([token(number, text) for number, text in enumerate(SHORT)], NOON)
    for asked in SHORT[:: 1 if remembered > block > 2 else 9]:
        found = who_within(reach, "prod", compile_pattern(asked), Permission.READ, [])
        assert {(asked, by.token.scopes[0].secret_path): by.path for by in found} == {
            (asked, text): path for text in SHORT if (path := where(asked, text, [])) is not None
        }


@given(st.sampled_from(["", "/a", "/b/-"]), st.text("/ab.-*?[]{},!(@+|^é\n", max_size=6))
def test_a_pattern_is_refused_just_if_its_template_is(head: str, rest: str) -> None:
    def refused(text: str) -> bool:
        try:
            return not compile_pattern(text)
        except PatternRefused:
            return True

    text = head + rest
    [pattern] = one_against_many.Templates().split([text])
    assert text.startswith(pattern.template.before + pattern.literal)
    assert refused(text) == refused(pattern.template.text)


@pytest.mark.parametrize("ending", ["/*", "/{a,😀}"])
@pytest.mark.parametrize("more", [0, 1])
def test_a_pattern_that_is_too_long_shares_no_template(ending: str, more: int) -> None:
    units = len(ending.encode("utf-16-le")) // 2
    long = f"/{'a' * (1_000 - 1 - units + more)}"
    reach = build_index([token(1, f"/b{ending}"), token(2, long + ending)], NOON)
    for asked, first in (("/**", "1"), (f"{long[:-9]}*/**", "2")):
        found = who_within(reach, "prod", compile_pattern(asked), Permission.READ, [])
        ids = [by.token.id for by in found]
        assert ids == ["1", "2"][: 2 - more] if first == "1" else ids == ["2"][more:]
    assert bool(who(reach, "prod", f"{long}/a", Permission.READ)) is not bool(more)


@pytest.mark.parametrize(
    ("asked", "folders", "paths"),
    [
        ("/db/**", ["/", "/db", "/db/live"], {"all": "/db", "children": "/db/live", "own": "/db"}),
        ("/db/**", ["/"], {"all": "/db", "children": "/db/a", "own": "/db"}),
        ("/db/*", ["/", "/db", "/db/live"], {"all": "/db/live", "children": "/db/live"}),
        ("/*/live", [], {"all": "/a/live", "children": "/db/live"}),
        ("/", ["/"], {"all": "/"}),
        ("/app", [], {"all": "/app", "app": "/app"}),
        ("/db.old", ["/"], {}),
    ],
)
def test_a_pattern_and_a_path_where_each_token_can(
    asked: str, folders: list[str], paths: dict[str, str]
) -> None:
    some = [
        token(name, text)
        for name, text in {
            "all": "/**", "children": "/db/*", "own": "/db", "app": "/app", "refused": "/db***",
        }.items()
    ]  # fmt: skip
    found = who_within(
        build_index(some, NOON), "prod", compile_pattern(asked), Permission.READ, folders
    )
    assert {reacher.token.id: reacher.path for reacher in found} == paths


def test_patterns_too_intricate_to_compare_are_named() -> None:
    intricate = f"/*b{'?' * 20}"
    reach = build_index([token(1, "/a"), token(2, intricate)], NOON)
    asked = compile_pattern(f"/*a{'?' * 20}c")
    with pytest.raises(TooComplex, match=re.escape(f"{asked.text} beside {intricate}: ")):
        who_within(reach, "prod", asked, Permission.READ, ["/"])


def test_what_nobody_holds_who_may_is_not_compared() -> None:
    intricate = f"/*b{'?' * 20}"
    reach = build_index([token(1, intricate), token(2, f"/xa{'b' * 20}", permissions=WRITE)], NOON)
    asked = compile_pattern(f"/*a{'?' * 20}")
    [only] = who_within(reach, "prod", asked, Permission.WRITE, ["/"])
    assert only.token.id == "2"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The patterns that the index has compiled."""
    found: list[str] = []

    def noting(text: str) -> Pattern:
        found.append(text)
        return compile_pattern(text)

    # Both ways to compile come to this one.
    monkeypatch.setattr(one_against_many, "compile_pattern", noting)
    monkeypatch.setattr("st_tui.core.patterns.pattern.compile_pattern", noting)
    return found


def test_patterns_that_differ_in_their_folders_only_are_compared_once(
    compiled: list[str],
) -> None:
    reach = build_index([token(number, f"/own/{number}/**") for number in range(100)], NOON)
    asked = compile_pattern("/own/*/db")
    one_against_many.query_for.cache_clear()
    found = who_within(reach, "prod", asked, Permission.READ, [])
    assert [by.path for by in found] == [f"/own/{number}/db" for number in range(100)]
    assert len(compiled) == 2  # the asked one and one for all


@pytest.mark.parametrize("around", ["/*-{}/**", "/**/x{}", "/{{a,b}}*_{}c?", "/?{}/*/d", "/*/b/{}"])
@pytest.mark.parametrize(
    "asked", ["/**", "/*/db", "/*-4*/**", "/**/x1?", "/a-4/x15", "/[ab]*1*/**"]
)
def test_patterns_that_differ_in_one_literal_answer_as_overlaps_of_each(
    around: str, asked: str
) -> None:
    texts = [around.format(number) for number in range(70)]
    reach = build_index([token(number, text) for number, text in enumerate(texts)], NOON)
    found = who_within(reach, "prod", compile_pattern(asked), Permission.READ, [])
    assert {by.token.scopes[0].secret_path: by.path for by in found} == {
        text: path for text in texts if (path := where(asked, text, [])) is not None
    }
    for path in ("/a-4/x15", "/a/b/7", "/b_12cc", "/x17", "/ab_3c-", "/a-4/b/d", "/-4", "/.x/x17"):
        assert ids(bitmap_of_reaching(reach, "prod", path, Permission.READ)) == {
            number for number, text in enumerate(texts) if compile_pattern(text).matches(path)
        }


def test_patterns_that_differ_in_one_literal_are_compared_once(compiled: list[str]) -> None:
    reach = build_index([token(number, f"/*-{number}/**") for number in range(100)], NOON)
    one_against_many.query_for.cache_clear()
    found = who_within(reach, "prod", compile_pattern("/*/db"), Permission.READ, [])
    assert len(found) == 100
    assert len(compiled) < 5
    assert found[7].path == "/-7/db"


def test_that_they_overlap_is_known_also_where_it_takes_too_long_to_say_at_which_path() -> None:
    asked = f"/*b{'?' * 8}*/**"
    texts = [f"/*-{'b' * 10}{more}/**" for more in ("", ascii_lowercase + ascii_uppercase)]
    with pytest.raises(TooComplex):
        where(asked, texts[1], [])
    reach = build_index([token(number, text) for number, text in enumerate(texts)], NOON)
    first, second = who_within(reach, "prod", compile_pattern(asked), Permission.READ, [])
    assert first.path == where(asked, texts[0], [])
    assert second.path == asked


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_against_many, "_REMEMBERED", 90)
    one_against_many.query_for.cache_clear()
    names = ["".join(name) for name in itertools.product("xy", repeat=8)]
    reach = build_index([token(number, f"/a/{name}") for number, name in enumerate(names)], NOON)
    asked = "/*/*x???????"
    assert len(who_within(reach, "prod", compile_pattern(asked), Permission.READ, [])) == 128
    assert 0 < len(one_against_many.query_for(asked)._sets) <= 90


def test_what_an_existing_folder_shows_is_not_compared() -> None:
    intricate = f"/*b{'?' * 20}/c"
    reach = build_index([token(1, intricate)], NOON)
    asked = compile_pattern("/**")
    with pytest.raises(TooComplex):
        who_within(reach, "prod", asked, Permission.READ, ["/"])
    folder = f"/b{'x' * 20}/c"
    [only] = who_within(reach, "prod", asked, Permission.READ, ["/", folder])
    assert only.path == folder


def test_only_patterns_on_the_way_to_the_path_are_compiled(compiled: list[str]) -> None:
    reach = build_index([token(number, f"/own/{number}/**") for number in range(100)], NOON)
    who(reach, "prod", "/own/7/db/x", Permission.READ)
    assert len(compiled) == 1


def test_a_question_about_many_patterns_can_be_given_up() -> None:
    reach = build_index([token(number, f"/a{'/*' * number}/x") for number in range(9)], NOON)
    calls = []

    def go_on() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise InterruptedError

    pattern = compile_pattern("/a/**")
    with pytest.raises(InterruptedError):
        reaching_within(reach.scopes, "prod", pattern, Permission.READ, ["/"], go_on=go_on)
    assert len(calls) == 3
