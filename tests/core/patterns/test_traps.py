"""Where a pattern's look deceives: each trap as the pattern that shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from st_tui.core.patterns import compile_pattern, traps
from st_tui.core.patterns.tree import without_repetition
from st_tui.core.patterns.units import Segment


@pytest.mark.parametrize(
    ("find", "text", "shown"),
    [
        (traps.above_star, "/a/*", "/a"),
        (traps.above_star, "/*", "/"),
        (traps.above_star, "/a/b*", None),
        (traps.above_globstar, "/a*/**", "/a*"),
        (traps.above_globstar, "/a/**", None),
        (traps.above_globstar, "/**", None),
        (traps.in_root, "/**/**/a/*", "/a/*"),
        (traps.in_root, "/**", None),
        (traps.without_inner_globstars, "/a/**/b/**/c", "/a/b/c"),
        (traps.without_inner_globstars, "/**/b/**", None),
        (traps.lets_dot_names_in, "/[^a]/b", True),
        (traps.lets_dot_names_in, "/{a,.b}", True),
        (traps.lets_dot_names_in, "/a[^a]/{a,b.}/*/?/", False),
        (traps.dot_path, "/{a,.b,.cc}?/[^x]*/[ca]/x{d,e}/**", "/.ccx/.x/c/xd/x"),
    ],
)
def test_a_trap_is_found(
    find: Callable[[Sequence[Segment]], object], text: str, shown: object
) -> None:
    assert find(without_repetition(compile_pattern(text).segments)) == shown
