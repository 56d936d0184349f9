"""Who can reach this: the index, against asking the one decision of every token."""

from __future__ import annotations

import itertools
import re
from string import ascii_lowercase, ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.access import decide
from st_tui.core.algebra import TooComplex, overlaps
from st_tui.core.model import AccessRequest, Permission, Scope, ServiceToken
from st_tui.core.patterns import Pattern, PatternRefused, compile_pattern
from st_tui.core.reach import (
    ReachingToken,
    bitmap_of_reaching,
    build_index,
    one_against_many,
    postings,
    who,
    who_within,
)
from tests.core.patterns.test_automaton import near, noise, patterns
from tests.core.vaults import NOON, READ, WRITE

ALIKE = [
    "/", "/**", "/*", "/a", "/a/", "/a/*", "/a/**", "/a*/**", "/**/a", "/a/**/b", "/[ab]", "/[a]/",
    "/{a,b}/**", "/a/[^b]*", "/a/b/**", "/a/b", "/?/b", "/a-b/**", "/.*",
]  # fmt: skip
PATHS = [
    "/", "", "/a", "/a/", "/a/b", "/a/b/", "/a/b/c", "/b", "//", "//a", "/a//b", "/ab", "/ab/c",
    "a", "a/b", "/a-b", "/.a", "/[ab]", "/[a]/", "/{a,b}/**", "/a/**", "/**",
]  # fmt: skip


def token(
    number: object,
    *texts: str,
    permissions: frozenset[Permission] = READ,
    expires_at: int | None = None,
) -> ServiceToken:
    """A token with these patterns in prod."""
    scopes = tuple(Scope("prod", text) for text in texts)
    return ServiceToken(str(number), str(number), scopes, permissions, expires_at)


def ids(bits: int) -> set[int]:
    return {number for number in range(bits.bit_length()) if bits >> number & 1}


scopes = st.builds(Scope, st.sampled_from(["dev", "prod"]), patterns | st.sampled_from(ALIKE))
tokens = st.builds(
    lambda scopes, permissions, end: ServiceToken("id", "t", scopes, permissions, end),
    st.lists(scopes, min_size=1, max_size=4).map(tuple),
    st.sets(st.sampled_from(Permission), min_size=1).map(frozenset),
    st.sampled_from([None, NOON - 1, NOON, NOON + 1]),
)


@given(st.lists(tokens, max_size=6), st.data())
def test_it_answers_as_the_decision_for_each_token(
    some: list[ServiceToken], data: st.DataObject
) -> None:
    texts = [scope.secret_path for token in some for scope in token.scopes]
    own = st.sampled_from(texts) if texts else st.nothing()
    path = data.draw(st.sampled_from(PATHS) | noise | own | own.flatmap(near))
    operation = data.draw(st.sampled_from(Permission))
    reach = build_index(some, NOON)
    request = AccessRequest("prod", path, operation, NOON)
    decided = [(token, decide(token, request)) for token in some]
    assert list(who(reach, "prod", path, operation)) == [
        ReachingToken(token, decision.scope, path)
        for token, decision in decided
        if decision.scope is not None
    ]
    bits = bitmap_of_reaching(reach, "prod", path, operation)
    assert bits.bit_count() == sum(decision.allowed for _, decision in decided)


@pytest.mark.parametrize("path", PATHS)
def test_patterns_that_look_alike(path: str) -> None:
    reach = build_index([token(number, text) for number, text in enumerate(ALIKE)], NOON)
    found = ids(bitmap_of_reaching(reach, "prod", path, Permission.READ))
    assert found == {
        number for number, text in enumerate(ALIKE) if compile_pattern(text).matches(path)
    }


FOLDERS = ["/", "/a", "/a/b", "/b", "/b/a", "/a-b"]  # parents before children


def where(asked: str, text: str, folders: list[str]) -> str | None:
    """A path of both: the first folder that is there, or else the shortest."""
    both = [compile_pattern(asked), compile_pattern(text)]
    existing = (path for path in folders if all(glob.matches(path) for glob in both))
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
    monkeypatch.setattr(postings, "_BLOCK", block)
    one_against_many.query_for.cache_clear()
    reach = build_index([token(number, text) for number, text in enumerate(SHORT)], NOON)
    for asked in SHORT[:: 1 if remembered > block > 2 else 9]:
        found = who_within(reach, "prod", compile_pattern(asked), Permission.READ, [])
        assert {(asked, by.token.scopes[0].secret_path): by.path for by in found} == {
            (asked, text): path for text in SHORT if (path := where(asked, text, [])) is not None
        }


@given(st.sampled_from(["", "/a", "/b/-"]), st.text("/ab.-*?[]{},!(@+|^é\n", max_size=6))
def test_what_stands_around_the_plain_part_decides_what_is_refused(head: str, rest: str) -> None:
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
def test_a_pattern_that_is_too_long_is_in_nobodys_company(ending: str, more: int) -> None:
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

    monkeypatch.setattr(one_against_many, "compile_pattern", noting)
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
def test_patterns_that_differ_in_one_piece_of_text_answer_as_overlaps_of_each(
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


def test_they_are_compared_once(compiled: list[str]) -> None:
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


@pytest.mark.parametrize("every", [1, 2, 99])
def test_those_found_are_a_sequence(every: int) -> None:
    some = [token(number, "/b", "/a" if number % every == 0 else "/c") for number in range(500)]
    found = who(build_index(some, NOON), "prod", "/a", Permission.READ)
    expected = [ReachingToken(token, 1, "/a") for token in some[::every]]
    assert list(found) == expected == found[:]
    assert len(found) == len(expected)
    assert found[0] == expected[0]
    assert found[-1] == expected[-1]
    assert found[2:5] == expected[2:5]
    with pytest.raises(IndexError):
        found[len(found)]


def test_sets_of_few_and_of_many_tokens() -> None:
    some = [
        token(
            number, "/common/**", f"/own/{number}/**", f"/team-{number % 3}/*",
            permissions=READ if number % 2 else READ | WRITE,
        )
        for number in range(500)
    ]  # fmt: skip
    reach = build_index(some, NOON)
    every = set(range(500))
    assert ids(bitmap_of_reaching(reach, "prod", "/common", Permission.READ)) == every
    assert ids(bitmap_of_reaching(reach, "prod", "/common", Permission.WRITE)) == set(
        range(0, 500, 2)
    )
    assert ids(bitmap_of_reaching(reach, "prod", "/own/498/db", Permission.WRITE)) == {498}
    assert ids(bitmap_of_reaching(reach, "prod", "/own/499/db", Permission.WRITE)) == set()
    assert ids(bitmap_of_reaching(reach, "prod", "/team-1/db", Permission.READ)) == set(
        range(1, 500, 3)
    )
    [only] = who(reach, "prod", "/own/499/db", Permission.READ)
    assert only == ReachingToken(some[499], 1, "/own/499/db")


def test_only_patterns_on_the_way_to_the_path_are_compiled(compiled: list[str]) -> None:
    reach = build_index([token(number, f"/own/{number}/**") for number in range(100)], NOON)
    who(reach, "prod", "/own/7/db/x", Permission.READ)
    assert len(compiled) == 1


def test_no_tokens_other_environments_and_patterns_from_elsewhere() -> None:
    assert not who(build_index([], NOON), "prod", "/a", Permission.READ)
    reach = build_index([token(1, "/a***", "/a"), token(2, "/a***")], NOON)
    assert not who(reach, "dev", "/a", Permission.READ)
    assert [
        (found.token.id, found.scope) for found in who(reach, "prod", "/a", Permission.READ)
    ] == [("1", 1)]
    # decide has no own-text rule for what the language refuses, and neither has the index.
    assert not who(reach, "prod", "/a***", Permission.READ)


def test_ended_tokens_are_left_out_and_switched_off_ones_are_not() -> None:
    some = [
        token(1, "/a", expires_at=NOON),
        token(2, "/a", expires_at=NOON + 1),
        token(3, "/a")._replace(version=3, is_active=False, trusted_ips=()),
    ]
    found = who(build_index(some, NOON), "prod", "/a", Permission.READ)
    assert [reacher.token.id for reacher in found] == ["2", "3"]


def test_a_question_about_many_patterns_can_be_given_up() -> None:
    reach = build_index([token(number, f"/a{'/*' * number}/x") for number in range(9)], NOON)
    calls = []

    def go_on() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        who_within(reach, "prod", compile_pattern("/a/**"), Permission.READ, ["/"], go_on=go_on)
    assert len(calls) == 3
