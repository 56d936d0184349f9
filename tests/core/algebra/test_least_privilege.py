"""Least privilege: what was used stays allowed, by `decide`; nothing more, by proof."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.algebra.certificate import check
from st_tui.core.algebra.comparison import Boundary, surplus
from st_tui.core.algebra.least_privilege import Stop, narrow
from st_tui.core.errors import Refusal
from st_tui.core.model import Permission, Scope, Use
from st_tui.core.patterns import compile_pattern
from tests.core.algebra.boundaries import allows, grants

READ, WRITE = Permission.READ, Permission.WRITE
FOLDERS = {"dev": ["/", "/a", "/a/b", "/a/c", "/a/d", "/e"], "prod": ["/", "/a"]}


def read(*places: str) -> list[Use]:
    return [Use(*_place(place), READ) for place in places]


def _place(text: str) -> tuple[str, str]:
    environment, _, path = text.partition(":")
    return environment, path


def test_siblings_become_a_choice_and_no_star() -> None:
    old = grants("dev:/a/*", may="read write")
    found = narrow(old, read("dev:/a/c", "dev:/a/b"), FOLDERS)
    assert found.scopes == (Scope("dev", "/a/{b,c}"),)
    assert found.permissions == {READ}
    assert found.stops == (
        Stop("dev", "/a/d", (READ, WRITE), True),
        Stop("dev", "/a/b", (WRITE,), True),
        Stop("dev", "/a/c", (WRITE,), True),
    )
    assert str(found.stops[0]) == "read and write dev:/a/d"


def test_the_root_stands_by_itself() -> None:
    found = narrow(grants("dev:/**", "prod:/**"), read("dev:/", "dev:/a", "prod:/e"), FOLDERS)
    assert list(map(str, found.scopes)) == ["dev:/", "dev:/a", "prod:/e"]


def test_where_no_folder_is_lost_a_path_shows_what_is() -> None:
    found = narrow(grants("prod:/*"), read("prod:/a"), FOLDERS)
    assert [(one.environment, one.path, one.exists) for one in found.stops] == [
        ("prod", "/b", False)
    ]
    found = narrow(grants("prod:/**", may="read write"), read("prod:/", "prod:/a"), FOLDERS)
    assert [(one.path, one.exists) for one in found.stops] == [
        ("/", True),
        ("/a", True),
        ("/b", False),
    ]


def test_nothing_is_narrower_than_what_was_all_used() -> None:
    found = narrow(grants("dev:/[ab]", "dev:/a"), read("dev:/a", "dev:/b"), FOLDERS)
    assert found.stops == ()


def test_each_access_counts() -> None:
    uses = [Use("dev", "/a", READ, 3), Use("dev", "/a", WRITE, 4), Use("dev", "/e", WRITE, 9)]
    found = narrow(grants("dev:/**"), uses, FOLDERS)
    assert (found.accesses, found.covered) == (3, (uses[0],))
    assert found.left_out == tuple(uses[1:])


@pytest.mark.parametrize("path", ["/a/*", "/é", "/a/", "/" + "a" * 2_000, "x", "", " /a"])
def test_what_no_folder_can_be_called_is_left_out(path: str) -> None:
    uses = read("dev:/a", f"dev:{path}")
    found = narrow(grants("dev:/**", f"dev:{path}"), uses, FOLDERS)
    assert found.scopes == (Scope("dev", "/a"),)
    odd = tuple(use for use in uses[1:] if not allows(found, *use[:3]))
    assert found.left_out == odd


def test_an_environment_that_is_gone_is_left_out() -> None:
    found = narrow(grants("dev:/a", "qa:/a"), read("dev:/a", "qa:/a"), FOLDERS)
    assert found.scopes == (Scope("dev", "/a"),)
    assert found.left_out == tuple(read("qa:/a"))


@pytest.mark.parametrize("uses", [[], read("dev:/a/*"), read("qa:/a"), read("prod:/a")])
def test_nothing_to_go_by(uses: list[Use]) -> None:
    with pytest.raises(Refusal, match=r"^Nothing recorded: "):
        narrow(grants("dev:/**"), uses, FOLDERS)


def test_very_many_folders_stay_exact_and_are_proved() -> None:
    uses = read(*(f"dev:/apps/team-{n}" for n in range(1_000)))
    found = narrow(grants("dev:/**"), uses, FOLDERS)
    assert found.covered == tuple(sorted(uses))
    assert len(found.scopes) < 100
    assert not allows(found, "dev", "/apps/team-1000", READ)


def test_more_scopes_than_anybody_would_read_are_refused() -> None:
    uses = read(*(f"dev:/apps/{n}/db" for n in range(501)))
    assert len(narrow(grants("dev:/**"), uses[1:], FOLDERS).scopes) == 500
    with pytest.raises(Refusal, match="take 501 scopes"):
        narrow(grants("dev:/**"), uses, FOLDERS)


_NAMES = st.sampled_from(["a", "b", "c", "-", "A_1", "0", "*", "{a,b}", "é", ".x"])
_PATHS = st.lists(_NAMES, max_size=3).map(lambda names: "/" + "/".join(names))
_PATTERNS = st.sampled_from(
    ["/", "/a", "/*", "/**", "/a/*", "/a/**", "/{a,b}", "/?/b", "/**/b", "/[a-c]/**", "/x***"]
)
_ENVIRONMENTS = st.sampled_from(["dev", "prod", "gone"])
_OPERATIONS = st.sampled_from(list(Permission))


@given(
    st.lists(st.builds(Scope, _ENVIRONMENTS, _PATTERNS), min_size=1, max_size=3),
    st.frozensets(_OPERATIONS, min_size=1),
    st.lists(st.builds(Use, _ENVIRONMENTS, _PATHS, _OPERATIONS), max_size=8),
)
def test_what_was_used_stays_allowed_and_nothing_is_added(
    scopes: list[Scope], permissions: frozenset[Permission], made: list[Use]
) -> None:
    old = Boundary(tuple(scopes), permissions)
    recorded = [use for use in made if allows(old, *use[:3])]
    try:
        found = narrow(old, recorded, FOLDERS)
    except Refusal:
        assert not any(_can_be_covered(use) for use in recorded)
        return
    assert sorted(found.covered + found.left_out) == sorted(recorded)
    assert all(allows(found, *use[:3]) for use in recorded if _can_be_covered(use))
    assert not any(_can_be_covered(use) for use in found.left_out)
    assert surplus(found, old, FOLDERS)[0] == ()
    assert found.permissions <= permissions
    assert [proof.scope for proof in found.proofs] == list(found.scopes)
    assert all(check(proof.certificate) for proof in found.proofs)
    # Narrowest: a folder that is open was used.
    used = {(use.environment, use.path) for use in recorded}
    for environment, paths in FOLDERS.items():
        for path in paths:
            if any(allows(found, environment, path, operation) for operation in Permission):
                assert (environment, path) in used
    assert len({(stop.environment, stop.path) for stop in found.stops}) == len(found.stops)
    for stop in found.stops:
        for operation in stop.operations:
            assert allows(old, stop.environment, stop.path, operation)
            assert not allows(found, stop.environment, stop.path, operation)
    assert bool(found.stops) == bool(surplus(old, found, FOLDERS)[0])


def _can_be_covered(use: Use) -> bool:
    """Whether a folder can have its path, and its environment is still there."""
    return use.environment in FOLDERS and (
        compile_pattern(use.path).is_plain and use.path.isascii() and "." not in use.path
    )
