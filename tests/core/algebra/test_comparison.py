"""What one token allows and another does not: every claim is replayed through `decide`."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.algebra import TooComplex
from st_tui.core.algebra import comparison as comparing
from st_tui.core.algebra.certificate import check
from st_tui.core.algebra.comparison import Boundary, Surplus, compare, overlap, redundant, surplus
from st_tui.core.model import Permission, Scope
from st_tui.core.patterns import Pattern, compile_pattern
from tests.core.algebra.boundaries import allows, grants

READ, WRITE = Permission.READ, Permission.WRITE
FOLDERS = {"dev": ["/", "/apps", "/apps/web", "/apps/web/keys"], "prod": ["/"]}


def test_a_clone_that_was_widened_says_by_how_much() -> None:
    old, new = grants("dev:/apps/*"), grants("dev:/apps/**", "prod:/x")
    gains, losses = compare(old, new, FOLDERS)
    assert gains == (
        Surplus(Scope("dev", "/apps/**"), (READ,), "/apps", True),
        Surplus(Scope("prod", "/x"), (READ,), "/x", False),
    )
    assert losses == ()


def test_a_boundary_is_read_once_however_many_scopes_are_held_against_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[Scope] = []
    granting = comparing.granting

    def counted(scope: Scope) -> Pattern | None:
        read.append(scope)
        return granting(scope)

    monkeypatch.setattr(comparing, "granting", counted)
    boundary = grants("dev:/read/once/**", "prod:/read/once")
    for name in "abc":
        assert surplus(grants(f"dev:/read/once/{name}"), boundary, FOLDERS)[0] == ()
    assert len(read) == 2 + 3


def test_a_scope_of_the_boundary_is_inside_it_even_when_its_pattern_was_compiled_anew() -> None:
    boundary = grants(*(f"dev:/*{char}*?????/**" for char in "abcdefghijk"))
    draft = Boundary(boundary.scopes[:1], boundary.permissions)
    before = surplus(draft, boundary, {})
    for number in range(2_000):  # more than are remembered
        compile_pattern(f"/another/{number}")
    assert surplus(draft, boundary, {}) == before
    [inside] = before[1]
    assert inside.certificate.right == inside.certificate.left


def test_what_is_lost() -> None:
    gains, losses = compare(grants("dev:/a", "dev:/b"), grants("dev:/b"), FOLDERS)
    assert gains == ()
    assert [(one.scope.secret_path, one.witness) for one in losses] == [("/a", "/a")]


def test_a_new_permission_is_a_gain_on_every_scope() -> None:
    gains, losses = compare(grants("dev:/a"), grants("dev:/a", may="read write"), FOLDERS)
    assert gains == (Surplus(Scope("dev", "/a"), (WRITE,), "/a", False),)
    assert losses == ()


def test_other_words_for_the_same_scopes_change_nothing() -> None:
    assert compare(
        grants("dev:/{a,b}", "dev:/x/?*"), grants("dev:/b", "dev:/[a-b]", "dev:/x/*"), FOLDERS
    ) == compare(grants(), grants(), FOLDERS)


def test_what_is_inside_carries_a_proof_that_checks() -> None:
    out, inside = surplus(grants("dev:/apps/*/keys"), grants("dev:/apps/**"), FOLDERS)
    assert out == ()
    assert [one.scope for one in inside] == [Scope("dev", "/apps/*/keys")]
    assert check(inside[0].certificate)


def test_a_pattern_from_elsewhere_grants_nothing() -> None:
    assert compare(grants("dev:/a"), grants("dev:/a", "dev:/x***"), FOLDERS) == ((), ())


def test_a_hundred_scopes_beside_a_hundred_others_end_in_an_answer_or_a_sentence() -> None:
    old = grants(*(f"dev:/*a*/{n}/**/x?*" for n in range(100)))
    new = grants(*(f"dev:/*/{n}*/**/x*" for n in range(100)))
    with pytest.raises(TooComplex, match="too intricate"):
        compare(old, new, FOLDERS)


_patterns = st.sampled_from(["/", "/a", "/*", "/**", "/a/*", "/a/**", "/{a,b}", "/?/b", "/**/b"])
_scopes = st.builds("{}:{}".format, st.sampled_from(["dev", "prod"]), _patterns)
_sides = st.builds(
    lambda scopes, may: grants(*scopes, may=may),
    st.lists(_scopes, max_size=3),
    st.sampled_from(["read", "write", "read write"]),
)
_PATHS = ["/", *("/" + "/".join(p) for n in (1, 2, 3) for p in itertools.product("abc", repeat=n))]


@given(_sides, _sides)
def test_gains_are_what_decide_says(old: Boundary, new: Boundary) -> None:
    gains, _ = compare(old, new, {"dev": ["/a/b"], "prod": []})
    for gain in gains:
        for operation in gain.operations:
            where = gain.scope.environment, gain.witness, operation
            assert allows(new, *where)
            assert not allows(old, *where)
    for environment, path, operation in itertools.product(["dev", "prod"], _PATHS, Permission):
        if allows(new, environment, path, operation) > allows(old, environment, path, operation):
            assert any(
                gain.scope.environment == environment and operation in gain.operations
                for gain in gains
            )


@given(_sides, _sides)
def test_what_both_allow_is_what_decide_says(one: Boundary, other: Boundary) -> None:
    folders = {"dev": ["/a/b"], "prod": []}
    met, apart = overlap(one, other, folders)
    both = [
        (environment, path, operation)
        for environment, path, operation in itertools.product(["dev", "prod"], _PATHS, Permission)
        if all(allows(side, environment, path, operation) for side in (one, other))
    ]
    if met is None:
        assert both == []
        assert all(check(proof.certificate) for proof in apart)
        return
    for operation in met.operations:
        assert (met.scope.environment, met.witness, operation) in both
    assert met.exists == ("dev" in {e for e, path, _ in both if path == "/a/b"})
    assert met.exists or len(met.witness) == min(len(path) for _, path, _ in both)


def test_tokens_of_four_hundred_scopes_are_proved_to_share_nothing() -> None:
    one = grants(*(f"dev:/a{n}/**" for n in range(400)))
    other = grants(*(f"dev:/b{n}/**" for n in range(400)), "prod:/**")
    met, [(environment, certificate)] = overlap(one, other, {})
    assert (met, environment) == (None, "dev")
    assert len(certificate.left) == len(certificate.right) == 400
    assert check(certificate)


def test_an_intricate_token_beside_its_own_kind_is_the_same() -> None:
    hostile = grants("dev:/*a" + "?" * 16, "dev:/b")
    assert compare(hostile, hostile._replace(scopes=hostile.scopes[::-1]), FOLDERS) == ((), ())


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ("/a /a/**", {0: (1,)}),
        ("/a/** /a", {1: (0,)}),
        ("/a /a", {1: (0,)}),
        ("/a/* /a /a/*/** /a/**", {0: (3,), 1: (3,), 2: (3,)}),
        ("/[a-b] /a /b", {1: (0,), 2: (0,)}),  # the single scope that opens both is kept
        ("/a /b /[a-b]", {0: (2,), 1: (2,)}),
        ("/[a-b]x /[a-b]?", {0: (1,)}),
        ("/x /y /z***", {}),
        ("/{a,b}/* /a/x", {1: (0,)}),
    ],
)
def test_redundant(patterns: str, expected: dict[int, tuple[int, ...]]) -> None:
    scopes = [Scope("dev", pattern) for pattern in patterns.split(" ")]
    assert redundant(scopes) == expected


def test_other_environments_make_nothing_redundant() -> None:
    assert redundant([Scope("dev", "/**"), Scope("prod", "/a")]) == {}


def test_what_is_redundant_among_many_scopes_is_still_proved() -> None:
    scopes = [Scope("dev", f"/app{n}{end}") for n in range(40) for end in ("/**", "/*/db")]
    assert redundant(scopes) == {2 * n + 1: (2 * n,) for n in range(40)}


@pytest.mark.parametrize("before", ["", "/*", "/team"])
def test_tokens_of_a_hundred_scopes_are_still_compared(before: str) -> None:
    wide = grants(*(f"dev:{before}/app{n}/**" for n in range(100)))
    deep = grants(*(f"dev:{before}/app{n}/*/db/[a-f]?*" for n in range(100)))
    outside, inside = surplus(deep, wide, {})
    assert outside == ()
    assert len(inside) == 100
    gains, losses = compare(deep, wide, {"dev": ["/", "/app7", "/app7/x/y"]})
    assert len(gains) == 100
    assert losses == ()
    assert redundant(deep.scopes) == {}


def test_more_scopes_than_can_be_compared_are_not_even_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = grants(*(f"dev:/app{n}/**" for n in range(5_000)))
    monkeypatch.delattr("st_tui.core.algebra.comparison.pattern_or_none")
    with pytest.raises(TooComplex):
        compare(many, many._replace(scopes=many.scopes[1:]), {})
    with pytest.raises(TooComplex):
        redundant(many.scopes)
