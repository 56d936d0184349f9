"""Who can reach this: the index, against asking the one decision of every token."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.access import decide
from st_tui.core.model import AccessRequest, Permission, Scope, ServiceToken
from st_tui.core.patterns import compile_pattern
from st_tui.core.reach import (
    ReachingToken,
    bitmap_of_reaching,
    build_index,
    who,
)
from tests.core.patterns.test_pattern import near, noise, patterns
from tests.core.vaults import NOON, READ

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
