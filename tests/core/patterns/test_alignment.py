"""A path beside a pattern, segment by segment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.patterns import compile_pattern
from st_tui.core.patterns.alignment import align

_NAMES = st.sampled_from(["a", "b", "ab", ".a", "x1"])
_PARTS = st.sampled_from(["a", "b", "*", "**", "?", "a*", "[ab]", "{a,x1}"])
_PATHS = st.lists(_NAMES, max_size=5).map(lambda names: "/" + "/".join(names))
_PATTERNS = st.lists(_PARTS, min_size=1, max_size=5).map(lambda parts: "/" + "/".join(parts))


@pytest.mark.parametrize(
    ("pattern", "path", "stretches"),
    [
        ("/common/**", "/common/db/primary", "/common=/common /db/primary=/**"),
        ("/common/**", "/common", "/common=/common =/**"),
        ("/a/**/c", "/a/x/y/c", "/a=/a /x/y=/** /c=/c"),
        ("/*/*", "/folder1/subfolder", "/folder1=/* /subfolder=/*"),
        ("/*", "/folder1/subfolder1", "/folder1=/* /subfolder1!"),
        ("/folder1/*", "/folder1", "/folder1=/folder1 !/*"),
        ("/common/db/*", "/common/mail/x", "/common=/common /mail/x!/db/*"),
        ("/a/**/c", "/a/x/y", "/a=/a /x/y=/** !/c"),
        ("/a/**/c", "/a/.x", "/a=/a /.x!/**/c"),
        ("/**", "/.env", "/.env!/**"),
        ("/**", "/", "/=/**"),
        ("/a", "/", "/!/a"),
        ("/", "/a", "/a!/"),
    ],
)
def test_segments_stand_against_what_they_met(pattern: str, path: str, stretches: str) -> None:
    said = [
        f"{s.path}{'=' if s.matched else '!'}{s.pattern}"
        for s in align(compile_pattern(pattern), path)
    ]
    assert " ".join(said) == stretches


@given(_PATTERNS, _PATHS)
def test_nothing_is_left_out_and_it_stops_where_the_pattern_stops(pattern: str, path: str) -> None:
    compiled = compile_pattern(pattern)
    stretches = align(compiled, path)
    assert "".join(s.path for s in stretches) == path
    assert "".join(s.pattern for s in stretches) == pattern
    assert all(s.matched for s in stretches) is compiled.matches(path)
    assert all(s.matched for s in stretches[:-1])
    stop = compiled.stopped_at(path)
    if stop is not None and len(stretches) > 1:
        assert sum(s.path.count("/") for s in stretches[:-1]) == stop
