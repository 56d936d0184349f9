"""The nearest path and the nearest folder, against every short path there is."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.nearest import path as nearest_paths
from st_tui.core.nearest.path import nearest_folder, nearest_path, nearest_relative
from st_tui.core.patterns import compile_pattern
from tests.core.nearest.test_edit_distance import obvious_distance

LONGEST = 6


NAMES = ["".join(letters) for n in range(1, LONGEST) for letters in product("ab", repeat=n)]


def every_path() -> list[str]:
    """All paths that a folder of a's and b's can have, up to a length."""
    found, growing = ["/"], [""]
    while growing:
        growing = [
            f"{path}/{name}"
            for path in growing
            for name in NAMES
            if len(path) + 1 + len(name) <= LONGEST
        ]
        found += growing
    return found


PATHS = every_path()


units = st.sampled_from(["a", "b", "a", "b", "?", "[ab]", "[^a]", "{ab,b}", "{a,bb}", "."])


plain_segments = st.lists(units, min_size=1, max_size=3).map("".join)


starred = st.tuples(st.sampled_from(["", "a", ".", "?"]), st.sampled_from(["", "b", "{a,b}"])).map(
    "*".join
)


patterns = st.lists(plain_segments | starred | st.just("**"), max_size=3).map(
    lambda segments: "/" + "/".join(segments)
)


# Short enough that whatever is nearest is one of PATHS: its distance bounds its length.
asked = st.text("ab/.é", max_size=4).map(lambda rest: f"/{rest}") | st.text("a/", max_size=3)


@given(st.lists(patterns, min_size=1, max_size=3), asked)
def test_no_path_is_nearer(texts: list[str], path: str) -> None:
    compiled = [compile_pattern(text) for text in texts]
    accepted = [one for one in PATHS if any(pattern.matches(one) for pattern in compiled)]
    found = nearest_path(compiled, path)
    best = min((obvious_distance(path, one) for one in accepted), default=None)
    if found is None:
        assert best is None
    else:
        assert compiled[found.pattern].matches(found.path)
        assert found.distance == obvious_distance(path, found.path)
        # A path as near may be longer than those listed; a nearer one is never.
        assert best is None or found.distance <= best
        listed = len(found.path) <= LONGEST and set(found.path) <= set("ab/")
        assert not listed or found.distance == best


@given(patterns, st.sampled_from(PATHS))
def test_an_automaton_walked_by_character_is_the_one_read_by_segment(text: str, path: str) -> None:
    automaton = compile_pattern(text).automaton
    ends = automaton.read(automaton.start, "")
    for name in path[1:].split("/") if path != "/" else []:
        alive = automaton.enter(ends)
        for character in name:
            alive = automaton.advance(alive, character)
        ends = automaton.read(ends, name)
        assert alive & automaton.ends == ends


@pytest.mark.parametrize(
    ("pattern", "path", "near"),
    [
        ("/common/**", "/comon/db", "/common/db"),
        ("/common/*", "/common", "/common/x"),
        ("/folder1/[0-9]", "/folder1/a", "/folder1/0"),
        ("/", "/a", "/"),
        ("/a/b", "", "/a/b"),
        ("/a.b", "/a.b/c", None),
        ("/*/**/c.d", "/a", None),
    ],
)
def test_the_nearest_path(pattern: str, path: str, near: str | None) -> None:
    found = nearest_path([compile_pattern(pattern)], path)
    assert (found and found.path) == near


def test_a_search_ends_at_its_cap() -> None:
    pattern = compile_pattern("/" + "?" * 60)
    assert nearest_path([pattern], "/a") is not None
    assert nearest_path([pattern], "/a", cap=50) is None
    assert nearest_path([pattern], "/a", within=58) is None


def test_of_many_patterns_only_those_are_walked_that_can_be_so_near() -> None:
    compiled = [compile_pattern(f"/team{number}/*{number}/**") for number in range(200)]
    found = nearest_path(compiled, "/taem77/db7", cap=1_000)
    assert found == ("/team77/db77", 3, 77)
    assert nearest_path(compiled, "/x", cap=1_000) == ("/team0/0", 7, 0)
    assert nearest_path(compiled[:1], "/taem77/db7", cap=10) is None


def test_of_many_patterns_a_folder_is_put_to_those_that_lead_there(
    monkeypatch: pytest.MonkeyPatch, matched: list[str]
) -> None:
    compiled = [
        compile_pattern(text) for n in range(100) for text in (f"/team{n}/**", f"/team{n}/[ab]")
    ]
    folders = ["/", *(f"/team{n}{below}" for n in range(100) for below in ("", "/b", "/b/c"))]
    assert nearest_folder(compiled, "/team77/x/c", folders) == ("/team77/b/c", 1, 154)
    assert nearest_relative(compiled, "/team77/x/c", folders) == ("/team77/b/c", 1, 154)
    assert 0 < len(matched) <= 2 * len(folders)
    matched.clear()
    monkeypatch.setattr(nearest_paths, "_TRIES", 50)
    wild = [compile_pattern(f"/*/{n}") for n in range(20)]  # any folder may be one of theirs
    assert nearest_folder(wild, "/team77", folders) is None
    assert len(matched) <= 50


@given(st.lists(patterns, min_size=1, max_size=5), asked, st.lists(st.sampled_from(PATHS)))
def test_no_folder_is_nearer(texts: list[str], path: str, folders: list[str]) -> None:
    compiled = [compile_pattern(text) for text in texts]
    accepted = [one for one in folders if any(pattern.matches(one) for pattern in compiled)]
    found = nearest_folder(compiled, path, folders)
    assert found == min(
        (
            (one, obvious_distance(path, one), [g.matches(one) for g in compiled].index(True))
            for one in accepted
        ),
        key=lambda near: near[1],
        default=None,
    )


def test_the_nearest_folder_is_one_that_is_accepted() -> None:
    compiled = [compile_pattern("/x"), compile_pattern("/common/*")]
    folders = ["/", "/common", "/common/mail", "/common/db", "/common/dc"]
    assert nearest_folder(compiled, "/common", folders) == ("/common/db", 3, 1)
    assert nearest_folder(compiled, "/common", ["/"]) is None


def test_a_relative_shares_the_first_segments() -> None:
    compiled = [compile_pattern("/folder1/*"), compile_pattern("/backend")]
    folders = ["/", "/backend", "/folder1", "/folder1/subfolder", "/folder1/subfolder1"]
    assert nearest_folder(compiled, "/folder1", folders) == ("/backend", 6, 1)
    assert nearest_relative(compiled, "/folder1", folders) == ("/folder1/subfolder", 10, 0)
    assert nearest_relative(compiled, "/common", folders) == ("/backend", 6, 1)
    assert nearest_relative(compiled, "/common", ["/"]) is None
